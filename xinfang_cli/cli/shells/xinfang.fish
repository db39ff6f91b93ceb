# fish: xinfang completion fish > ~/.config/fish/completions/xinfang.fish
function __xinfang
    set -l words (commandline -opc) (commandline -ct)
    set -l answer ($words[1] completion --answer -- $words[2..-1] 2>/dev/null)
    if test "$answer" = ":files"
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $answer
    end
end
complete -c xinfang -f -a '(__xinfang)'
