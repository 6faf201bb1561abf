using System.CommandLine;
using Caisson.Cli.Output;

namespace Caisson.Cli.Completion;

/// <summary><c>caisson completion SHELL</c>: prints the script that a shell reads at its start.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # ~/.bashrc: source <(caisson completion bash)
            _caisson() {
              local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}"
              COMPREPLY=($(caisson complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
              # bash takes a colon for the end of a word.
              if [[ $word == *:* ]]; then COMPREPLY=("${COMPREPLY[@]#"${word%:*}:"}"); fi
            }
            complete -o default -F _caisson caisson
            """,
        ["zsh"] = """
            #compdef caisson
            # ~/.zshrc, after compinit: source <(caisson completion zsh)
            _caisson() {
              local -a found
              found=("${(@f)$(caisson complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
              [[ -n $found ]] && compadd -- $found || _files
            }
            compdef _caisson caisson
            """,
        ["fish"] = """
            # ~/.config/fish/completions/caisson.fish
            function __caisson_complete
                set -l words (commandline -opc) (commandline -ct)
                caisson complete -- $words[2..-1] 2>/dev/null
            end
            complete -c caisson -a '(__caisson_complete)'
            """,
        ["powershell"] = """
            # $PROFILE: caisson completion powershell | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName caisson -ScriptBlock {
                param($word, $line, $position)
                $words = @($line.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { "$_" })
                caisson complete -- @words "$word" 2>$null | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """,
    };

    internal static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or powershell." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        shell.Completes(LiveNames.Words([.. Scripts.Keys]));
        return new Command("completion", "Prints the script with which a shell completes verbs, options and names.") { shell }
            .Examples("caisson completion bash > /etc/bash_completion.d/caisson", "caisson completion fish | source")
            .Does(
                (result, _) =>
                {
                    Console.Out.WriteLine(Scripts[result.GetValue(shell)!]);
                    return Task.FromResult(ExitCode.Ok);
                }
            );
    }
}
