#!/usr/bin/env python3
"""test_properties.py CTEST BUILD: every test has a label of tests/CMakeLists.txt, and a timeout."""
import json
import subprocess
import sys

LABELS = {'fast', 'slow', 'daemon', 'browser', 'kernel'}


def main():
    ctest, build = sys.argv[1:]
    listed = subprocess.run([ctest, '--test-dir', build, '--show-only=json-v1'], check=True,
                            capture_output=True, text=True).stdout
    tests = json.loads(listed[listed.index('{'):])['tests']
    wrong = []
    for test in tests:
        properties = {one['name']: one['value'] for one in test.get('properties', [])}
        labels = set(properties.get('LABELS', []))
        if not labels - {'kernel'} or labels - LABELS or ('fast' in labels and labels - {'fast', 'kernel'}):
            wrong.append(f"{test['name']}: labels {sorted(labels)}")
        if not properties.get('TIMEOUT'):
            wrong.append(f"{test['name']}: no timeout")
    print('\n'.join(wrong) or f'{len(tests)} tests, each with a label and a timeout')
    return 1 if wrong or not tests else 0


if __name__ == '__main__':
    sys.exit(main())
