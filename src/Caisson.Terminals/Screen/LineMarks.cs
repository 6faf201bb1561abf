namespace Caisson.Terminals.Screen;

/// <summary>What a shell with OSC 133 says of a line.</summary>
[Flags]
public enum LineMarks : byte
{
    None = 0,
    PromptStarts = 1,
    InputStarts = 2,
    OutputStarts = 4,
    CommandEnded = 8,
}
