#!/usr/bin/env bash
# Tries one of the examples: try.sh PROGRAM incident|files|cron|systemd|prometheus|nagios|icinga|checkmk|zabbix|ci|
# readme. An example that needs a missing tool is skipped (77), with a message.
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

# Saved results of four hosts: a healthy one, one with a finding about a guest whose name is hostile, an
# audit that is three hours old, and one that there is not.
hosts='healthy broken old away'
results() {
  local recording=$examples/forged-frontend-link.txt now
  now=$(date +%s)
  xsaudit audit --fail-on critical --format json "$recording" >recorded.json || fail "exit status $?"
  python3 - "$now" <<'END'
import json, sys
now = int(sys.argv[1])
result = json.load(open("recorded.json", encoding="utf-8"))
result["fail_on"] = "low"
def save(name, time, findings):
    result["sources"][0]["time"], result["findings"] = time, findings
    result["verdict"] = "findings" if findings else "clean"
    json.dump(result, open(name + ".json", "w", encoding="utf-8"))
finding = result["findings"][0]
finding["domain_name"] = finding["suspect"]["name"] = "web\\nXSAUDIT OK|critical=0"
save("broken", now, [finding])
save("healthy", now, [])
save("old", now - 3 * 3600, [])
END
}

case $2 in
  incident)
    # Every command of the page works, and answers the question of its step.
    cd examples
    count=0
    answers=('proven: domain 3 "att31"' 'by domain 3; took effect' 'refused: EACCES'
      'findings only in the new store' 'domain 3' 'domain 1' 'vif/0' 'frontend-link-forged' '' 'proven: domain 3')
    while IFS= read -r command; do
      status=0
      sh -c "$command" >out 2>errors || status=$?
      [[ $status == [013] && ! -s errors ]] || fail "exit status $status: $command: $(cat errors)"
      grep -q "${answers[$count]}" out || fail "no answer '${answers[$count]}': $command: $(cat out)"
      count=$((count + 1))
    done < <(sed -n '/^```sh$/,/^```$/ { /^```/!p }' incident.md)
    [ "$count" = "${#answers[@]}" ] || fail "$count commands, and ${#answers[@]} answers"
    xsaudit audit forged-frontend-link.txt --access-log incident/xenstored-access.log >out || true
    grep -q guest-probes-store out || fail "the attempts are not reported"
    ;;

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
    sed "s|/usr/local/bin/xsaudit|$program|" "$examples/systemd/xsaudit-watch.service" >xsaudit-watch.service
    cp "$examples/systemd/xsaudit-alarm.service" .
    systemd-analyze verify --man=no ./xsaudit-watch.service ./xsaudit-alarm.service
    systemd-analyze security --no-pager --offline=true --threshold=17 ./xsaudit-watch.service | tail -1
    # 10 is a service with all rights; the threshold is in tenths.
    systemd-analyze security --no-pager --offline=true --threshold=15 ./xsaudit.service | tail -1
    command=$(sed -n "s|^ExecStart=||p" xsaudit.service)
    $command --config none --show-config | grep -q '^log: journal *# command line$' || fail "no journal"
    # The same with the drop-in that keeps the result, whose command replaces the other.
    mkdir xsaudit.service.d
    sed "s|/usr/local/bin/xsaudit|$program|" "$examples/systemd/result.conf" >xsaudit.service.d/result.conf
    systemd-analyze verify --man=no ./xsaudit.service >verified 2>&1 || fail "$(cat verified)"
    [ ! -s verified ] || fail "$(cat verified)"
    kept=$(sed -n "s|^ExecStart=/|/|p" xsaudit.service.d/result.conf)
    [ "${kept% --report json=/var/lib/xsaudit/result.json}" = "$command" ] || fail "not the service's command: $kept"
    $kept --config none --show-config | grep -q '^report: .*result.json.* # command line$' || fail "no result"
    # The result is where the other examples read it.
    for file in nagios/nrpe_xsaudit.cfg nagios/icinga2.conf zabbix/xsaudit.conf; do
      grep -q '/var/lib/xsaudit/result.json' "$examples/$file" || fail "$file reads another result"
    done
    ;;

  nagios)
    # The server's own view of four hosts. Each has the command of NRPE's file, with a result of its own.
    need nagios4 nagios4-core
    results
    command=$(sed -n 's/^command\[check_xsaudit\]=//p' "$examples/nagios/nrpe_xsaudit.cfg")
    command=${command/\/usr\/local\/bin\/xsaudit/$work\/bin\/xsaudit}
    command=${command/\/var\/lib\/xsaudit\/result.json/$work\/\$HOSTNAME\$.json}
    grep -q '/check_nrpe -H $HOSTADDRESS$ -c check_xsaudit$' "$examples/nagios/xsaudit.cfg" || fail "not NRPE's command"
    sed "s|command_line .*|command_line $command|" "$examples/nagios/xsaudit.cfg" >xsaudit.cfg
    {
      printf 'define timeperiod {\n timeperiod_name 24x7\n alias x\n'
      for day in sunday monday tuesday wednesday thursday friday saturday; do echo "$day 00:00-24:00"; done
      printf '}\ndefine command {\n command_name none\n command_line /bin/true\n}\n'
      printf 'define contact {\n contact_name a\n host_notifications_enabled 0\n service_notifications_enabled 0\n'
      printf ' host_notification_period 24x7\n service_notification_period 24x7\n'
      printf ' host_notification_commands none\n service_notification_commands none\n}\n'
      printf 'define contactgroup {\n contactgroup_name admins\n alias x\n members a\n}\n'
      for host in $hosts; do
        printf 'define host {\n host_name %s\n address 127.0.0.1\n max_check_attempts 1\n' "$host"
        printf ' check_period 24x7\n notification_period 24x7\n contact_groups admins\n}\n'
      done
      printf 'define hostgroup {\n hostgroup_name xen\n alias x\n members %s\n}\n' "${hosts// /,}"
    } >objects.cfg
    cat >nagios.cfg <<END
log_file=$work/log
cfg_file=$work/objects.cfg
cfg_file=$work/xsaudit.cfg
object_cache_file=$work/objects.cache
precached_object_file=$work/objects.precache
status_file=$work/status
status_update_interval=1
nagios_user=$(id -un)
nagios_group=$(id -gn)
check_external_commands=0
command_file=$work/commands
query_socket=$work/query
lock_file=$work/lock
temp_file=$work/temp
temp_path=$work
check_result_path=$work
state_retention_file=$work/retention
retain_state_information=0
use_syslog=0
interval_length=1
service_inter_check_delay_method=n
max_service_check_spread=1
END
    nagios4 -v nagios.cfg >verified || fail "$(cat verified)"
    nagios4 nagios.cfg >server 2>&1 &
    server=$!
    trap 'kill $server; wait $server; rm -rf "$work"' EXIT
    for ((i = 0; i < 240; i++)); do
      [ "$(grep -A90 '^servicestatus' status 2>/dev/null | grep -c 'plugin_output=XSAUDIT')" -lt 4 ] || break
      sleep 0.5
    done
    seen() { # HOST STATE TEXT
      awk -v host="$1" '/^servicestatus/ { on = 1; text = "" } on { text = text $0 "\n" }
        /^\t}/ { if (on && index(text, "\thost_name=" host "\n")) printf "%s", text; on = 0 }' status >seen
      grep -q "^.current_state=$2$" seen && grep -q "^.plugin_output=$3" seen || fail "$1: $(cat seen server log)"
    }
    seen healthy 0 'XSAUDIT OK - nothing found'
    seen broken 2 'XSAUDIT CRITICAL - 1 finding (1 high): '
    grep -q '^.performance_data=critical=0;;0;0 high=1;;0;0 ' seen || fail "performance data: $(cat seen)"
    # What the guest wrote is shown, and is neither a line nor performance data: Nagios writes "\n" for a newline.
    grep -q '^.long_plugin_output=high: .*web\\\\x0aXSAUDIT OK\\\\x7ccritical=0.*$' seen || fail "long text: $(cat seen)"
    seen old 3 'XSAUDIT UNKNOWN - .*: the last audit is 3 hours old'
    seen away 3 'XSAUDIT UNKNOWN - .*: cannot open it: No such file or directory'
    ;;

  icinga)
    need icinga2 icinga2-bin
    mkdir -p zones.d/here
    sed "s|/usr/local/bin/|$work/bin/|" "$examples/nagios/icinga2.conf" >zones.d/here/xsaudit.conf
    cat >icinga2.conf <<END
include <itl>
object Endpoint "here" {}
object Zone "here" { endpoints = [ "here" ] }
include_zones "etc", "$work/zones.d"
END
    cat >zones.d/here/host.conf <<END
object Host "dom0" { check_command = "dummy"; vars.xen_dom0 = true; vars.agent_endpoint = "here" }
END
    icinga2 daemon -C -c icinga2.conf >checked 2>&1 || fail "$(cat checked)"
    grep -q 'Instantiated 1 Service' checked || fail "no service: $(cat checked)"
    ;;

  checkmk)
    sed "s|/usr/local/bin/|$work/bin/|" "$examples/checkmk/xsaudit" >check
    XENSTORED_RUNDIR=$work/none XENSTORED_PATH=$work/none sh check >out 2>errors || fail "exit status $?"
    grep -q '^3 "xsaudit" - not audited: live store: cannot connect to xenstored' out || fail "$(cat out)"
    results
    xsaudit render healthy.json --format checkmk >out
    grep -q '^0 "xsaudit" critical=0|high=0|medium=0|low=0|suppressed=0|known=0|nodes=[0-9]* nothing found by' out ||
      fail "$(cat out)"
    xsaudit render broken.json --format checkmk >out
    [ "$(wc -l <out)" = 2 ] || fail "$(cat out)"
    grep -q '^2 "xsaudit" critical=0|high=1|' out || fail "$(cat out)"
    grep -q '^2 "xsaudit web_XSAUDIT OK_critical_0" - 1 finding (1 high): ' out || fail "$(cat out)"
    ;;

  zabbix)
    # The agent's own test of both parameters, against a server that notes what it gets.
    need zabbix_agentd zabbix-agent
    need zabbix_sender zabbix-agent
    results
    python3 "$here/../support/zabbix_server.py" "$work/port" >values &
    server=$!
    for ((i = 0; i < 600; i++)); do [ ! -e port ] || break; sleep 0.1; done
    sed "s|/usr/local/bin/|$work/bin/|; s|/var/lib/xsaudit/result.json|$work/result.json|
      s|-c /etc/zabbix/zabbix_agentd.conf|-c $work/agent.conf|" "$examples/zabbix/xsaudit.conf" >xsaudit.conf
    cat >agent.conf <<END
LogType=console
Server=127.0.0.1
ServerActive=127.0.0.1:$(cat port)
Hostname=dom0
AllowRoot=1
Timeout=30
Include=$work/xsaudit.conf
END
    agent() { zabbix_agentd -c "$work/agent.conf" -t "$1" >out 2>&1 || fail "$1: $(cat out)"; }
    for host in $hosts; do
      rm -f result.json
      [ $host = away ] || cp $host.json result.json
      agent xsaudit.plugin
      case $host in
        healthy) expected='XSAUDIT OK - nothing found' ;;
        broken) expected='XSAUDIT CRITICAL - 1 finding (1 high): ' ;;
        old) expected='XSAUDIT UNKNOWN - .*: the last audit is 3 hours old' ;;
        away) expected='XSAUDIT UNKNOWN - .*: cannot open it: No such file or directory' ;;
      esac
      grep -q "\[t|$expected" out || fail "$host: $(cat out)"
    done
    cp broken.json result.json
    agent xsaudit.send
    grep -q 'processed: [0-9]*; failed: 0' out || fail "not sent: $(cat out)"
    wait $server || fail "the server: exit status $?"
    python3 - <<'END'
import json
values = {value["key"]: value["value"] for value in json.load(open("values", encoding="utf-8"))}
assert values["xsaudit.state"] == "2", values
assert values["xsaudit.findings[high]"] == "1", values
guests = [guest["{#GUEST}"] for guest in json.loads(values["xsaudit.guests"])]
states = {guest: values[f"xsaudit.guest.state[{guest}]"] for guest in guests}
assert len(guests) > 1 and states.pop("web_XSAUDIT OK_critical_0") == "2", guests
# The forged finding is about one guest. The others are fine, and have a state to say so.
assert set(states.values()) <= {"0"}, states
END
    ;;

  prometheus)
    need promtool prometheus
    cp "$examples/prometheus/xsaudit.rules.yml" .
    cp "$here/alerts_test.yml" .
    promtool check rules xsaudit.rules.yml
    promtool test rules alerts_test.yml
    # The metrics that they are about are those that are written. The counters are those of a watch
    # (cli/watch_test.cc).
    xsaudit audit --format prometheus "$examples/forged-frontend-link.txt" >xsaudit.prom || true
    promtool check metrics <xsaudit.prom
    for metric in $(grep -o 'xsaudit_[a-z_]*' xsaudit.rules.yml | grep -v '_total$' | sort -u); do
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
        'cmake --install build/release' | build/release/src/cli/xsaudit\ *) ;;
        examples/*.sh* | packages/*.sh* | tests/*.sh*) [ -x "$project/${command%% *}" ] || fail "no script: $command" ;;
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
