# Completion of xsaudit for bash. "xsaudit complete" prints what can follow; see src/cli/completion.h.
_xsaudit() {
  local words=() i word line before=
  # Bash makes words of their own of "=" and what it separates.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((i > 1)) && [[ $word == =* || ${COMP_WORDS[i - 1]} == = ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
  done
  local last=${words[${#words[@]} - 1]} replaced=${COMP_WORDS[COMP_CWORD]}
  # What is replaced is only the part behind the last "=" in the line.
  [[ $replaced != = ]] || replaced=
  before=${last%"$replaced"}
  [[ $replaced == "$last" ]] && before=

  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == $'\t'* ]]; then
      line=${line#$'\t'}
      _xsaudit_of_shell "${line%%$'\t'*}" "${last#"${line#*$'\t'}"}"
      continue
    fi
    word=${line%%$'\t'*}
    [[ $word != *[=/] ]] || compopt -o nospace
    word=${word#"$before"}
    # A variable of a path is for the program, not for the shell.
    COMPREPLY+=("${word//\$/\\\$}")
  done < <("$1" complete "${words[@]//\\\$/\$}" 2>/dev/null)
}

_xsaudit_of_shell() { # _xsaudit_of_shell files|directories|users BEGUN
  local action name
  case $1 in
    files) action=-f ;;
    directories) action=-d ;;
    users) action=-u ;;
    *) return ;;
  esac
  [[ $1 == users ]] || compopt -o filenames
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$action" -- "$2")
}

complete -F _xsaudit xsaudit
