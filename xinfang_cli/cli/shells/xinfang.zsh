#compdef xinfang
# zsh: eval "$(xinfang completion zsh)"
_xinfang() {
    local answer line word about
    local -a shown values
    answer=$("${words[1]}" completion --answer -- "${(@Q)words[2,CURRENT]}" 2>/dev/null) || return
    if [[ $answer == ":files" ]]; then
        _files
        return
    fi
    for line in "${(@f)answer}"; do
        [[ -z $line ]] && continue
        word=${line%%$'\t'*}
        about=${line#*$'\t'}
        [[ $about == $line ]] && about=""
        values+=("$word")
        shown+=("$word${about:+  $about}")
    done
    (( $#values )) && compadd -U -l -d shown -a values
}
if [[ $funcstack[1] == _xinfang ]]; then
    _xinfang "$@"
else
    compdef _xinfang xinfang
fi
