# PowerShell: xinfang completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName xinfang -ScriptBlock {
    param($word, $line, $position)
    $words = @($line.CommandElements | Where-Object { $_.Extent.StartOffset -lt $position } | ForEach-Object { $_.ToString().Trim("'", '"') })
    if (-not $word) { $words += '""' }
    $program = $words[0]
    $rest = @($words | Select-Object -Skip 1 | ForEach-Object { if ($_ -eq '""') { '' } else { $_ } })
    $before = [Console]::OutputEncoding
    $utf8 = $env:PYTHONUTF8
    try {
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        $env:PYTHONUTF8 = '1'
        $answer = @(& $program completion --answer --quoted powershell '--' @rest 2>$null)
    } finally {
        [Console]::OutputEncoding = $before
        $env:PYTHONUTF8 = $utf8
    }
    if ($answer.Count -eq 1 -and $answer[0] -eq ':files') { return }
    foreach ($one in $answer) {
        $value, $about = $one -split "`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
}
