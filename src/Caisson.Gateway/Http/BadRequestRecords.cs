using Caisson.Gateway.Connections;
using Caisson.Gateway.Refusals;
using Microsoft.AspNetCore.Http.Features;

namespace Caisson.Gateway.Http;

/// <summary>Records requests that Kestrel's parser refused: they never reach the pipeline, but they were asked, and they are denials.</summary>
internal sealed class BadRequestRecords(DecisionRecorder recorder) : IObserver<KeyValuePair<string, object?>>
{
    private const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    public static bool IsWanted(string name) => name == Event;

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key != Event || value.Value is not IFeatureCollection features || features.Get<ExitConnection>() is not { } flow)
            return;
        var error = features.Get<IBadRequestExceptionFeature>()?.Error;
        recorder.TryRecordConnection(
            flow,
            Decisions.BadRequest(error is null ? "it breaks the rules of HTTP" : "the parser refused it"),
            "http/1.1",
            null
        );
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }
}
