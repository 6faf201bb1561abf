namespace Caisson.Workspaces.Launching;

/// <summary>Hears of the stages of one launch as they begin and end. A stage that fails ends the launch, whose exception says it all.</summary>
internal interface ILaunchProgress
{
    void Started(string stage);

    void Succeeded(string stage);
}
