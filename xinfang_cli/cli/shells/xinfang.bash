# bash: eval "$(xinfang completion bash)"
_xinfang() {
    local line=$COMP_LINE answer prefix word
    if (( COMP_POINT < ${#COMP_LINE} )); then
        local LC_ALL=C
        line=${COMP_LINE:0:COMP_POINT}
        unset LC_ALL
    fi
    local -a words
    read -ra words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    local typed=${words[-1]}
    COMPREPLY=()
    answer=$("${words[0]}" completion --answer -- "${words[@]:1}" 2>/dev/null) || return
    if [[ $answer == ":files" ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$typed")
        return
    fi
    # Bash splits words at = and :, and puts in only what comes after; an @ it keeps.
    prefix=${typed%"${COMP_WORDS[COMP_CWORD]}"}
    prefix=${prefix%@}
    while IFS=$'\t' read -r word _; do
        [[ -n $word ]] && COMPREPLY+=("${word#"$prefix"}")
    done <<< "$answer"
}
complete -F _xinfang xinfang
