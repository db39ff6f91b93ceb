# bash: eval "$(xinfang completion bash)"
_xinfang() {
    local line=$COMP_LINE answer prefix word
    if (( COMP_POINT < ${#COMP_LINE} )); then
        local LC_ALL=C
        line=${COMP_LINE:0:COMP_POINT}
        unset LC_ALL
    fi
    local -a words
    read -a words <<< "$line"    # a backslash takes the meaning from what follows, as on the command line
    [[ $line == *[[:space:]] && $line != *\\[[:space:]] ]] && words+=("")
    local typed=${words[-1]} current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    # Bash splits words at = and :, and puts in only what comes after; an @ it keeps.
    [[ $current == [=:] ]] && current=
    prefix=${typed%"${current//\\/}"}
    prefix=${prefix%@}
    # What is put in stands on the command line as if typed: it comes back quoted, so that nothing in it is ever run.
    answer=$("${words[0]}" completion --answer --quoted bash --typed "$prefix" -- "${words[@]:1}" 2>/dev/null) || return
    if [[ $answer == ":files" ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$typed")
        return
    fi
    while IFS=$'\t' read -r word _; do
        [[ -n $word ]] && COMPREPLY+=("$word")
    done <<< "$answer"
}
complete -F _xinfang xinfang
