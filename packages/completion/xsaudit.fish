# Completion of xsaudit for fish. "xsaudit complete" prints what can follow; see src/cli/completion.h.
function __xsaudit_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    # A variable of a path is for the program, not for the shell.
    for line in ($words[1] complete $words[2..-1] (string replace -a '\\$' '$' -- "$last") 2>/dev/null)
        if not string match -q \t'*' -- $line
            echo $line
            continue
        end
        set -l parts (string split \t -- $line)
        set -l before $parts[3]
        set -l begun (string sub -s (math (string length -- "$before") + 1) -- "$last")
        switch $parts[2]
            case files
                string replace -r '^' -- "$before" (__fish_complete_path "$begun")
            case directories
                string replace -r '^' -- "$before" (__fish_complete_directories "$begun" '')
            case users
                string replace -r '^' -- "$before" (__fish_complete_users)
        end
    end
end

complete -c xsaudit -f -a '(__xsaudit_complete)'
