using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Caisson.Cli.Serving;

namespace Caisson.Cli.Output;

/// <summary>The usual help with the verb's examples after it. The help of <c>serve</c> is the server program's, which has the table of settings.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    /// <summary>Who asks for help need not have named what the verb requires.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        if (command.Name == ServeCommand.Name)
            return ServeCommand.Become([ServeCommand.Name, "--help"]);
        var code = new HelpAction().Invoke(parseResult);
        if (Verb.ExamplesOf(command) is { Count: > 0 } examples)
        {
            Console.Out.WriteLine("Examples:");
            foreach (var example in examples)
                Console.Out.WriteLine($"  {example}");
            Console.Out.WriteLine();
        }
        return code;
    }
}
