using System.Runtime.InteropServices;
using Caisson.Init.Kernel;

namespace Caisson.Init.Processes;

/// <summary><c>struct spawn_request</c> of Native/spawn.c: keep the order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SpawnRequest
{
    internal byte** Arguments;
    internal byte** Environment;
    internal byte* Directory;
    internal ulong* Filter;
    internal byte* OutOfMemoryScore;
    internal ulong Tree;
    internal long OpenFiles;
    internal long Processes;
    internal long CoreBytes;
    internal int Input;
    internal int Output;
    internal int Errors;
    internal int Terminal;
    internal int UserNamespace;
    internal int FilterLength;
    internal SpawnStep FailedStep;
    internal int Error;
}

/// <summary>Where a start failed; the values of Native/spawn.c.</summary>
internal enum SpawnStep
{
    Clone = 0,
    Session,
    Terminal,
    Descriptors,
    Tree,
    Namespace,
    Privileges,
    Filter,
    Directory,
    Execute,
}

/// <summary>The C code that is linked into this executable.</summary>
internal static unsafe partial class Native
{
    [LibraryImport("caisson_spawn", EntryPoint = "caisson_spawn")]
    internal static partial int Spawn(SpawnRequest* request);

    [LibraryImport("caisson_spawn", EntryPoint = "caisson_sha256")]
    internal static partial void HashBlocks(uint* state, byte* data, ulong blocks);

    [LibraryImport(
        "caisson_spawn",
        EntryPoint = "caisson_agents_namespace",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial int AgentsNamespace(string userMap, string groupMap);

    /// <summary>Makes the user namespace in which agents run, below this one.</summary>
    internal static int MakeAgentsNamespace(int user, int group) =>
        KernelException.Check(
            AgentsNamespace($"{user} {Libc.GetEffectiveUser()} 1\n", $"{group} {Libc.GetEffectiveGroup()} 1\n"),
            "the agents' user namespace"
        );
}
