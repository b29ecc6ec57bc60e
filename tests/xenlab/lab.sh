# Sourced by the scripts beside it as `lab.sh FOLDER LAB XSAUDIT [RESULTS]`: FOLDER has the run.sh that
# is for dom0. Sets lab and results, makes the folder $work that dom0 sees, and has expect().
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
lab=$(realpath "$2")
program=$(realpath "$3")
results=${4:-$(mktemp -d)}
"$here/../static.sh" "$program"

# Xen restores the SSE registers of a virtual processor when it first uses them. In the emulator (QEMU
# 7.2) they are sometimes lost then, and programs of dom0 crash, such as xl. Restored at once they are not.
export XENARGS=${XENARGS:-spec-ctrl=eager-fpu=1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/$1/run.sh" "$work"
cp "$program" "$work/xsaudit"
failed=0
expect() { # expect WHAT COMMAND…
  local what=$1
  shift
  if "$@" >/dev/null; then return; fi
  echo "  not as it should be: $what"
  failed=1
}
