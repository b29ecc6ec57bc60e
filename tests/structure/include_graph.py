#!/usr/bin/env python3
"""include_graph.py TABLE SOURCES: no folder of SOURCES includes what TABLE does not let it include.

Before that it tries itself on small trees with one mistake each.
"""
import os
import re
import sys
import tempfile


def read_table(lines):
    """For each folder: those that it may include; then what is wrong with the table itself."""
    allowed, problems = {}, []
    for number, line in enumerate(lines, 1):
        line = line.split('#')[0].strip()
        if not line:
            continue
        folders, _, includes = line.partition(':')
        folders, includes = folders.split(), includes.split()
        for other in includes:
            if other not in allowed:
                problems.append(f'line {number}: {other} does not stand above {folders[0]}')
        for folder in folders:
            if folder in allowed:
                problems.append(f'line {number}: {folder} has a line already')
            allowed[folder] = set(folders) | set(includes)
    return allowed, problems


def check_sources(root, allowed):
    problems, used = [], set()
    for directory, _, names in os.walk(root):
        folder = os.path.relpath(directory, root)
        for name in sorted(names):
            if not name.endswith(('.h', '.cc')):
                continue
            used.add(folder)
            if folder not in allowed:
                problems.append(f'{folder}/{name}: the table has no folder {folder}')
                continue
            with open(os.path.join(directory, name), encoding='utf-8') as source:
                for number, line in enumerate(source, 1):
                    include = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
                    if not include:
                        continue
                    place = f'{folder}/{name}:{number}'
                    other = os.path.dirname(include.group(1))
                    if not os.path.exists(os.path.join(root, include.group(1))):
                        problems.append(f'{place}: there is no {include.group(1)}')
                    elif other not in allowed[folder]:
                        problems.append(f'{place}: {folder} must not include {other}')
    for folder in sorted(set(allowed) - used):
        problems.append(f'the table has a folder {folder}, which holds no source')
    return problems


def check(table, root):
    allowed, problems = read_table(table)
    return problems or check_sources(root, allowed)


def try_itself():
    table = ['a:', 'b c: a  # one room', 'd: b']
    files = {'a/a.h': '', 'b/b.h': '#include "a/a.h"\n#include "c/c.h"\n', 'c/c.h': '#include "b/b.h"\n',
             'd/d.cc': '#include <vector>\n#include "b/b.h"\n'}

    def problems_of(table, files):
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), 'w', encoding='utf-8') as file:
                    file.write(text)
            return check(table, root)

    cases = [
        (table, {}, []),
        (table, {'a/a.h': '#include "b/b.h"\n'}, ['a/a.h:1: a must not include b']),
        (table, {'d/d.cc': '\n  # include "a/a.h"\n'}, ['d/d.cc:2: d must not include a']),
        (table, {'d/d.cc': '#include "b/x.h"\n'}, ['d/d.cc:1: there is no b/x.h']),
        (table, {'d/e/f.cc': ''}, ['d/e/f.cc: the table has no folder d/e']),
        (table + ['e:'], {}, ['the table has a folder e, which holds no source']),
        (['a: d'] + table[1:], {}, ['line 1: d does not stand above a']),
        (table + ['a: d'], {}, ['line 4: a has a line already']),
    ]
    for changed_table, changed, expected in cases:
        found = problems_of(changed_table, {**files, **changed})
        if found != expected:
            sys.exit(f'include_graph.py itself: found {found}, not {expected}')


def main():
    try_itself()
    with open(sys.argv[1], encoding='utf-8') as table:
        problems = check(table.readlines(), sys.argv[2])
    print('\n'.join(problems) or 'every include is one that the table has')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
