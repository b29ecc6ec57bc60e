#!/usr/bin/env python3
"""pages_test.py PROGRAM PAGES: every command has a page, which names the same options, arguments and
subcommands as its --help, and no others; groff and mandoc have nothing to say about a page.
"""
import os
import re
import shutil
import subprocess
import sys

program, pages = sys.argv[1:]
problems = []


def check(holds, problem):
    if not holds:
        problems.append(problem)


def help_of(*words):
    return subprocess.run([program, *words, '--help'], check=True, capture_output=True, text=True).stdout


def sections(text):
    """The lines of a help page by their heading, without the texts of the options."""
    out, title = {}, None
    for line in text.splitlines():
        heading = re.match(r'([A-Z][A-Za-z ]+):$', line)
        if heading:
            title = heading.group(1)
        elif title and re.match(r'  \S', line):
            out.setdefault(title, []).append(line[2:])
        elif line and not line.startswith(' '):
            title = None
    return out


def names_in_help(*words):
    names = set()
    for title, lines in sections(help_of(*words)).items():
        if title in ('Subcommands', 'Examples'):
            continue
        for line in lines:
            name = line.split()[0]
            names.update(part.split(':')[0].split('=')[0] for part in name.split(','))
    return names


def subcommands_in_help(command):
    return {line.split()[0] for line in sections(help_of(command)).get('Subcommands', [])}


def plain(roff):
    return re.sub(r'\\f.', '', roff).replace('\\-', '-').replace('\\(ti', '~')


def tags(lines):
    """What .TP introduces: the names of options and arguments."""
    names = set()
    for tag, line in zip(lines, lines[1:]):
        if tag == '.TP':
            names.update(word.split()[0] for word in plain(line).split(', '))
    return names


def page_parts(name):
    """The lines of a page by its sections; those of subcommands by their own headings."""
    parts, title = {}, None
    with open(f'{pages}/{name}', encoding='ascii') as file:
        for line in file.read().splitlines():
            heading = re.match(r'\.S[HS] "(.*)"$', line)
            if heading and (line.startswith('.SH') or plain(heading.group(1)).startswith('xsaudit ')):
                title = plain(heading.group(1))
                parts[title] = []
            elif title:
                parts[title].append(line)
    return parts


commands = [line.split()[0] for line in sections(help_of())['Commands']]
check(len(commands) >= 9, f'only {commands}')
for command in commands:
    name = f'xsaudit-{command}.1'
    if not os.path.exists(f'{pages}/{name}'):
        problems.append(f'no page {name}')
        continue
    parts = page_parts(name)
    helped, written = names_in_help(command), tags(parts['OPTIONS'])
    check('--help' in helped and helped == written, f'{name}: {sorted(helped ^ written)} only in one of page and help')
    of_help = subcommands_in_help(command)
    of_page = {title.split()[2] for title in parts if title.startswith('xsaudit ')}
    check(of_help == of_page, f'{name}: subcommands {sorted(of_help ^ of_page)} only in one of page and help')
    for sub in of_help & of_page:
        helped, written = names_in_help(command, sub), tags(parts[f'xsaudit {command} {sub}'])
        check('--help' in helped and helped == written, f'{name}, {sub}: {sorted(helped ^ written)}')
written = {re.match(r'xsaudit-(.*)\(1\)', tag).group(1) for tag in tags(page_parts('xsaudit.1')['COMMANDS'])}
check(written == set(commands), f'xsaudit.1: {sorted(written ^ set(commands))} only in one of page and help')

expected = {f'xsaudit-{command}.1' for command in commands} | {'xsaudit.1', 'xsaudit-rules.5', 'xsaudit-schema.5'}
there = {name for name in os.listdir(pages) if name.endswith(('.1', '.5'))}
check(there == expected, f'pages: {sorted(there ^ expected)}')

# No word of the Markdown is lost or left: each key of a rule has its entry.
with open(f'{pages}/xsaudit-rules.5', encoding='ascii') as file:
    rules = file.read()
for key in ('superseded_by', 'known_by', 'access_violation(path)', 'quota'):
    check(re.search(r'^\.TP\n\\fB' + re.escape(key) + r'\\fR', rules, re.M), f'xsaudit-rules.5: no entry {key}')
for mark in ('](', '**', '```', '\n|'):
    check(mark not in rules, f'xsaudit-rules.5: {mark!r} is left')

for page in sorted(there):
    path = f'{pages}/{page}'
    for tool, *arguments in (['man', '--warnings=w', '-E', 'UTF-8', '-l'], ['mandoc', '-T', 'lint', '-W', 'all']):
        if not shutil.which(tool):
            print(f'{tool} is not installed: left out')
            continue
        ran = subprocess.run([tool, *arguments, path], capture_output=True, text=True,
                             env={**os.environ, 'MANWIDTH': '80', 'MANPAGER': 'cat'})
        said = ran.stderr + (ran.stdout if tool == 'mandoc' else '')
        check(ran.returncode == 0 and not said, f'{tool}: {page}: {said}')

for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(bool(problems))
