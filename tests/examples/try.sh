#!/usr/bin/env bash
# Tries one of the examples: try.sh PROGRAM files|cron|systemd|prometheus|ci|readme. An example
# that needs a missing tool is skipped (77), with a message.
set -euo pipefail
program=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
examples=$(realpath "$here/../../examples")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/bin"
ln -s "$program" "$work/bin/xsaudit"
export PATH="$work/bin:$PATH"
cp -r "$examples" "$work"
[ "$(id -u)" != 0 ] || chown -R 0:0 "$work"
chmod -R go-w "$work"
examples=$work/examples
cd "$work"

need() {
  command -v "$1" >/dev/null && return
  echo "skipped: there is no $1 (Debian package $2)" >&2
  exit 77
}
fail() {
  echo "$*" >&2
  exit 1
}

case $2 in
  files)
    xsaudit audit --config "$examples/config.yaml" --show-config | tee shown
    [ "$(grep -c config.yaml: shown)" = "$(grep -c '^[a-z]' "$examples/config.yaml")" ] ||
      fail "not every option was taken"
    # The suppressions name existing rules; on another host's store they cover nothing.
    status=0
    xsaudit audit --suppress "$examples/suppress.yaml" "$examples/forged-frontend-link.txt" >report || status=$?
    [ $status = 1 ] || fail "exit status $status"
    ! grep 'no such rule' report
    ;;

  cron)
    line=$(grep -v '^#' "$examples/xsaudit.cron" | grep xsaudit)
    [[ $line =~ ^[0-9]+\ \*\ \*\ \*\ \*\ +root\ +(.*)$ ]] || fail "not a line of cron.d: $line"
    command=${BASH_REMATCH[1]}
    sh -c "$command --config none --show-config" | grep -q '^quiet: true *# command line$' || fail "not quiet"
    # Nothing on either stream, so no mail, where nothing is wrong; something otherwise.
    sh -c "$command --config none --suppress none --fail-on critical $examples/forged-frontend-link.txt" >mail 2>&1 ||
      fail "not clean: $(cat mail)"
    [ ! -s mail ] || fail "mail about nothing: $(cat mail)"
    ! sh -c "$command --config none --suppress none $examples/forged-frontend-link.txt" >mail 2>&1 ||
      fail "clean"
    grep -q frontend-link-forged mail || fail "the mail does not say what: $(cat mail)"
    ;;

  systemd)
    need systemd-analyze systemd
    sed "s|/usr/local/bin/xsaudit|$program|" "$examples/systemd/xsaudit.service" >xsaudit.service
    cp "$examples/systemd/xsaudit.timer" .
    systemd-analyze verify --man=no ./xsaudit.service ./xsaudit.timer
    # 10 is a service with all rights; the threshold is in tenths.
    systemd-analyze security --no-pager --offline=true --threshold=15 ./xsaudit.service | tail -1
    command=$(sed -n "s|^ExecStart=||p" xsaudit.service)
    $command --config none --show-config | grep -q '^log: journal *# command line$' || fail "no journal"
    ;;

  prometheus)
    need promtool prometheus
    cp "$examples/prometheus/xsaudit.rules.yml" .
    cp "$here/alerts_test.yml" .
    promtool check rules xsaudit.rules.yml
    promtool test rules alerts_test.yml
    # The metrics that they are about are those that are written.
    xsaudit audit --format prometheus "$examples/forged-frontend-link.txt" >xsaudit.prom || true
    promtool check metrics <xsaudit.prom
    for metric in $(grep -o 'xsaudit_[a-z_]*' xsaudit.rules.yml | sort -u); do
      grep -q "^$metric[{ ]" xsaudit.prom || fail "there is no metric $metric"
    done
    ;;

  ci)
    python3 -c 'import yaml' 2>/dev/null || {
      echo "skipped: there is no yaml for python3 (Debian package python3-yaml)" >&2
      exit 77
    }
    need curl curl
    need git git
    # The repository of a user with recorded stores. The runner gets the program from an address.
    chmod 755 "$work"
    cp "$program" program && chmod 755 program
    export XSAUDIT_URL=file://$work/program
    git init -q origin
    mkdir origin/recordings
    cp "$examples/forged-frontend-link.txt" origin/recordings/host.txt
    xsaudit audit --write-baseline origin/known.json origin/recordings/host.txt >/dev/null
    git -C origin add .
    git -C origin -c user.name=x -c user.email=x@localhost commit -qm recordings
    steps() { # FILE EXPRESSION: the shell of its steps, one file each
      python3 - "$1" "$2" <<'END'
import sys, yaml
document = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
for number, step in enumerate(eval(sys.argv[2])):
    open(f"step{number}", "w", encoding="utf-8").write(step + "\n")
END
    }
    # STATUS STEP: in the checkout, by a shell of the user whose turn it is.
    run() {
      local status=0
      (cd checkout && $as sh -e "../$2") >out 2>&1 || status=$?
      [ $status = "$1" ] || { cat out; fail "$2: exit status $status, not $1"; }
    }
    # What the services make of the rest they alone can try. The shape of it: that each step is one, that
    # other people's actions have a version, and that what is handed over is what a step writes.
    python3 - "$examples/ci" <<'END'
import re, sys, yaml
load = lambda name: yaml.safe_load(open(f"{sys.argv[1]}/{name}", encoding="utf-8"))
gitlab = load("gitlab-ci.yml")["audit-stores"]
assert set(gitlab) == {"stage", "image", "before_script", "script", "artifacts"}, set(gitlab)
assert all(isinstance(line, str) for line in gitlab["before_script"] + gitlab["script"])
assert set(gitlab["artifacts"]) == {"when", "reports"} and gitlab["artifacts"]["when"] == "always"
assert f"-o {gitlab['artifacts']['reports']['junit']} " in gitlab["script"][-1]
github = load("github-workflow.yml")
assert set(github) == {"name", True, "permissions", "env", "jobs"}, set(github)  # YAML 1.1 reads "on" as true
assert github["permissions"]["security-events"] == "write"  # which upload-sarif asks for
(job,) = github["jobs"].values()
assert set(job) == {"runs-on", "steps"}, set(job)
for step in job["steps"]:
    assert ("run" in step) != ("uses" in step) and set(step) <= {"name", "if", "run", "uses", "with"}, step
    assert "uses" not in step or re.fullmatch(r"[\w-]+(/[\w-]+)+@v\d+", step["uses"]), step
sarif = next(step["with"]["sarif_file"] for step in job["steps"] if "upload-sarif" in step.get("uses", ""))
assert any(f"-o {sarif} " in step.get("run", "") for step in job["steps"])
END
    # A container runs everything as root, with umask 0, in a checkout that may belong to another
    # user; other runners have a user of their own.
    users=(container)
    if [ "$(id -u)" = 0 ]; then users+=(user); fi
    for user in "${users[@]}"; do
      as= && umask 0022
      if [ $user = user ]; then as="setpriv --reuid 12345 --regid 12345 --clear-groups"; else umask 0; fi
      for known in yes no; do
        rm -rf checkout
        git -c safe.directory='*' clone -q origin checkout
        [ "$(id -u)" != 0 ] || chown -R 12345:12345 checkout
        [ $known = yes ] && expected=0 || { expected=1; echo '{"format": "xsaudit-baseline/2", "findings": []}' >checkout/known.json; }
        steps "$examples/ci/gitlab-ci.yml" '["\n".join(document["audit-stores"]["script"])]'
        run $expected step0
        python3 -c 'import xml.etree.ElementTree as tree; tree.parse("checkout/xsaudit.xml")'
        steps "$examples/ci/github-workflow.yml" \
          '[step["run"] for step in document["jobs"]["audit"]["steps"] if "run" in step]'
        run 0 step0
        run $expected step1
        if [ $known = yes ]; then ! grep -q '^::error' out; else grep -q '^::error file=recordings/host.txt,line=' out; fi ||
          { cat out; fail "annotations"; }
        run 0 step2
        python3 -c 'import json; json.load(open("checkout/xsaudit.sarif"))["runs"]'
      done
    done
    ;;

  readme)
    # Every line of a block of commands in README.md and CONTRIBUTING.md is a command that works. The
    # program is run; there is no daemon. Builds and scripts have tests of their own: here they exist.
    project=$(realpath "$here/../..")
    export XENSTORED_RUNDIR=$work/no-daemon
    printf '#!/bin/sh\ncat "%s/forged-frontend-link.txt"\n' "$examples" >bin/xenstore-ls
    chmod 755 bin/xenstore-ls
    mkdir DIR
    cp "$here"/../cli/common/rules/*.yaml DIR
    count=0
    while IFS= read -r command; do
      command=$(sed 's/^ *//; s/  *#.*//' <<<"$command")
      count=$((count + 1))
      case $command in
        xsaudit\ * | xenstore-ls\ *)
          status=0
          sh -c "$command" >out 2>errors || status=$?
          case $status in
            0 | 1 | 3) ;;
            *) grep -q 'cannot connect to xenstored' errors || fail "$command: exit status $status: $(cat errors)" ;;
          esac
          ;;
        'cmake --preset '* | 'cmake --build --preset '* | 'ctest --preset '*)
          preset=$(sed 's/.*--preset \([a-z]*\).*/\1/' <<<"$command")
          grep -q "\"name\": \"$preset\"" "$project/CMakePresets.json" || fail "no preset: $command"
          ;;
        'cmake --install build/release' | 'scp build/static-x86_64/xsaudit root@dom0:' | \
          build/release/src/cli/xsaudit\ *) ;;
        examples/*.sh* | tests/*.sh*) [ -x "$project/${command%% *}" ] || fail "no script: $command" ;;
        'apt-get install --no-install-recommends '*)
          . "$project/examples/packages.sh"
          diff <(printf '%s\n' "${build_packages[@]}" | sort) \
            <(tr -s ' ' '\n' <<<"${command#*--no-install-recommends }" | sort) >&2 ||
            fail "not the packages that the build needs"
          ;;
        '') ;;
        *) fail "not a known kind of command: $command" ;;
      esac
    done < <(awk '/^ *```sh$/ { on = 1; next } /^ *```/ { on = 0 } !on { next }
      sub(/\\$/, "") { printf "%s", $0; next } { print }' "$project/README.md" \
      "$project/.github/CONTRIBUTING.md")
    status=0
    xsaudit audit --format html "$examples/forged-frontend-link.txt" >report.html || status=$?
    [ $status = 1 ] || fail "exit status $status"
    python3 "$here/picture.py" <report.html | diff - "$examples/forged-frontend-link.svg" >&2 ||
      fail "the picture differs from the one in the report: write it anew with picture.py"
    [ "$count" -ge 20 ] || fail "only $count commands"
    ;;

  *) fail "no example $2" ;;
esac
echo "$2: passed"
