#!/usr/bin/env python3
"""shell_test.py SHELL PROGRAM COMPLETIONS: types commands into a real bash, zsh or fish on a terminal of
its own, presses Tab, and checks what became of the line. COMPLETIONS is the folder with the completions, or
"installed" if a package has brought them to where each shell finds them. Exit status 77: there is no such
shell.
"""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

shell, program, completions = sys.argv[1:]
if not shutil.which(shell):
    print(f'skipped: {shell} is not installed')
    sys.exit(77)

# What is typed before Tab, and the words of the line after it.
COMPLETED = [
    ('xsaudit au', 'xsaudit audit'),
    ('xsaudit --vers', 'xsaudit --version'),
    ('xsaudit audit --accept', 'xsaudit audit --accept-incomplete'),
    ('xsaudit audit --format ht', 'xsaudit audit --format html'),
    ('xsaudit audit --format=ht', 'xsaudit audit --format=html'),
    ('xsaudit audit -f ht', 'xsaudit audit -f html'),
    ('xsaudit audit --report sa', 'xsaudit audit --report sarif='),
    ('xsaudit audit --report sarif=mad', 'xsaudit audit --report sarif=made.sarif'),
    ('xsaudit audit --output=mad', 'xsaudit audit --output=made.sarif'),
    ('xsaudit audit --format json record', 'xsaudit audit --format json recorded;host.txt'),
    ('xsaudit audit --fail-on crit', 'xsaudit audit --fail-on critical'),
    ('xsaudit audit --profile xeno', 'xsaudit audit --profile xenopsd'),
    ('xsaudit rules te', 'xsaudit rules test'),
    ('xsaudit rules test xenstored-dom', 'xsaudit rules test xenstored-domid-mismatch'),
    ('xsaudit explain frontend-link', 'xsaudit explain frontend-link-forged'),
    ('xsaudit explain /local/domain/3/device/vif/0/backend-', 'xsaudit explain /local/domain/3/device/vif/0/backend-id'),
    ('xsaudit access /libxl/3/dm-ver', 'xsaudit access /libxl/3/dm-version'),
    ('xsaudit schema export fol', 'xsaudit schema export folder/'),
    ('xsaudit diff recorded', 'xsaudit diff recorded;host.txt'),
    ('xsaudit audit --user nobo', 'xsaudit audit --user nobody'),
]
# What is typed before Tab, and words that the shell then offers.
OFFERED = [
    ('xsaudit ', ['audit', 'render', 'devices', 'schema']),
    ('xsaudit audit --format ', ['text', 'json', 'sarif', 'nagios']),
    ('xsaudit audit --sh', ['--show-secrets', '--show-suppressed', '--show-config']),
    ('xsaudit schema ', ['list', 'check', 'match', 'export']),
]

work = tempfile.mkdtemp()
os.makedirs(f'{work}/bin')
os.makedirs(f'{work}/here/folder')
os.symlink(program, f'{work}/bin/xsaudit')
for name in ('recorded;host.txt', 'made.sarif'):
    open(f'{work}/here/{name}', 'w').close()
with open(f'{work}/bin/words', 'w', encoding='utf-8') as file:
    file.write('#!/bin/sh\nprintf "\\n<"; for word; do printf "%s|" "$word"; done; echo ">"\n')
os.chmod(f'{work}/bin/words', 0o755)
environment = {'PATH': f'{work}/bin:{os.environ["PATH"]}', 'HOME': work, 'TERM': 'dumb', 'LC_ALL': 'C.UTF-8',
               'INPUTRC': '/dev/null', 'PS1': '', 'XDG_CONFIG_HOME': work, 'XDG_DATA_HOME': work}
INSTALLED = completions == 'installed'
BASH = '/usr/share/bash-completion/bash_completion' if INSTALLED else f'{completions}/xsaudit.bash'
ZSH = '' if INSTALLED else f'fpath=({completions} $fpath); '
FISH = [] if INSTALLED else ['--no-config']
START = {
    'bash': (['bash', '--norc', '--noprofile', '-i'],
             f"PS1='ready> '; bind 'set show-all-if-ambiguous on'; bind 'set page-completions off'; "
             f"bind 'set completion-query-items 0'; . {BASH}\n"),
    'zsh': (['zsh', '-f', '-i'],
            f"PS1='ready> '; unset zle_bracketed_paste; unsetopt prompt_sp; {ZSH}"
            f"autoload -Uz compinit; compinit -u -d {work}/dump; bindkey -e; LISTMAX=1000; setopt auto_list; unsetopt list_ambiguous\n"),
}


class Terminal:
    def __init__(self):
        arguments, setup = START[shell]
        self.child, self.file = pty.fork()
        if self.child == 0:
            os.chdir(f'{work}/here')
            os.execvpe(arguments[0], arguments, environment)
        self.text = ''
        self.send(setup)
        self.wait('ready> $')

    def shown(self):
        return re.sub(r'\x1b\[[?0-9;]*[A-Za-z]', '', self.text).replace('\r', '')

    def send(self, text):
        self.text = ''
        os.write(self.file, text.encode())

    def wait(self, pattern, seconds=120):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.shown()):
            if not select.select([self.file], [], [], max(0, end - time.monotonic()))[0]:
                raise SystemExit(f'{shell}: no {pattern!r} in {self.text!r}')
            self.text += os.read(self.file, 65536).decode(errors='replace')
        return self.shown()

    def words_after_tab(self, typed):
        """The words of the line, made visible by a program put in front of it."""
        self.send(f'{typed}\t\x01words \n')
        shown = self.wait(r'\n<.*>\n(.*\n)*.*ready> $')
        return re.search(r'\n<(.*)\|>\n', shown).group(1)

    def offers(self, typed, words):
        self.send(f'{typed}\t')
        for word in words:
            self.wait(r'(^|\s)' + re.escape(word) + r'(\s|$)')
        self.send('\x15\n')
        self.wait('ready> $')

    def close(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)


def fish_offers(typed):
    script = f'complete -C {repr(typed)}'
    if not INSTALLED:
        script = f'source {completions}/xsaudit.fish; {script}'
    ran = subprocess.run(['fish', *FISH, '-c', script], cwd=f'{work}/here', env=environment, check=True,
                         capture_output=True, text=True)
    assert not ran.stderr, ran.stderr
    return [line.split('\t')[0] for line in ran.stdout.splitlines()]


problems = []
try:
    if shell == 'fish':  # which prints what it would offer
        for typed, expected in COMPLETED:
            offered = fish_offers(typed)
            if offered != [expected.split()[-1]]:
                problems.append(f'{typed}: {offered}')
        for typed, words in OFFERED:
            offered = fish_offers(typed)
            if not set(words) <= set(offered):
                problems.append(f'{typed}: {offered}')
        if '/local/domain/$DOMID/' not in fish_offers('xsaudit explain /local/domain/'):
            problems.append('variables of a path')
    else:
        terminal = Terminal()
        # A variable of a path stays one: it is quoted.
        variable = [('xsaudit explain /local/domain/\\$DOMID/store/p', 'xsaudit explain /local/domain/$DOMID/store/port')]
        for typed, expected in COMPLETED + variable:
            words = terminal.words_after_tab(typed)
            # zsh takes the slash behind a folder away when the line ends.
            if words.rstrip('/') != '|'.join(expected.split(' ')).rstrip('/'):
                problems.append(f'{typed}: {words}')
        for typed, words in OFFERED:
            terminal.offers(typed, words)
        terminal.close()
finally:
    shutil.rmtree(work)
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(bool(problems))
