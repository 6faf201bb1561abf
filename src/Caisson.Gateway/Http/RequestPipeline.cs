using Caisson.Credentials;
using Caisson.Gateway.Connections;
using Caisson.Gateway.Internal;
using Caisson.Gateway.Refusals;
using Caisson.Gateway.Scanning;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Caisson.Gateway.Http;

/// <summary>
/// Every inspected request goes through these steps, in this order: 1 identify, 2 classify, 3 decide, 4 scan, 5 inject, 6 forward, 7 meter, 8 audit.
/// What an agent sent in an injected header is taken out before step 4 looks and never leaves; the real value exists after step 5 only, and
/// nothing is recorded from the request that step 6 sends. A denial skips to step 8, and its answer comes after that.
/// </summary>
internal sealed partial class RequestPipeline(
    Forwarding forwarding,
    DecisionRecorder recorder,
    InternalEndpoints endpoints,
    GatewayTimeouts timeouts,
    TimeProvider time,
    ILogger<RequestPipeline> logger
)
{
    // Not a status that anybody receives: it marks records of requests whose client did not wait (as nginx has it).
    private const int ClientClosedRequest = 499;

    public async Task ProcessAsync(HttpContext context)
    {
        // 1 identify: by the connection, which knows its socket. Nothing that the request says changes it.
        var flow = context.Features.GetRequiredFeature<ExitConnection>();
        var request = new ExitRequest(context, flow, flow.Exit.State, time.GetTimestamp());
        try
        {
            await RunAsync(request);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested)
        {
            LogLeft(e, flow.Exit.SandboxId);
        }
#pragma warning disable CA1031 // A fault of ours in one request ends that request closed, in words, and on record.
        catch (Exception e)
        {
            LogFailed(e, flow.Exit.SandboxId);
            await DenyAsync(request, Decisions.Fault());
        }
#pragma warning restore CA1031
        finally
        {
            request.LetGo();
            if (context.RequestAborted.IsCancellationRequested)
                flow.Resets.Add(context, time);
        }
    }

    private async Task RunAsync(ExitRequest request)
    {
        // 2 classify
        var fault = RequestReading.TryRead(request.Context, request.Flow, out var facts);
        request.Facts = facts;
        if (fault is null && (request.Flow.IsInternal || (request.Flow.IsProxy && facts is { Host: InternalEndpoints.Name, Port: 80 })))
        {
            await endpoints.AnswerAsync(request.Context, request.Flow);
            return;
        }

        await request.State.RefreshAsync(request.Context.RequestAborted);
        // 3 decide to 7 meter; the first denial ends it
        var denial =
            fault
            ?? (recorder.IsBroken(request.Flow.Exit) ? Decisions.LogBroken() : null)
            ?? Decide(request)
            ?? await PrepareAsync(request)
            ?? (
                request.Decision.Route?.Renews is { } login
                    ? await Renewal.AnswerAsync(request, login)
                    : await forwarding.SendAsync(request)
            );

        // 8 audit
        if (denial is not null)
            await DenyAsync(request, denial);
        else
            await recorder.TryRecordAsync(
                request.Flow.Exit,
                Record(
                    request,
                    DecisionId.New(),
                    request.Decision,
                    request.ClientLeft ? ClientClosedRequest : request.Context.Response.StatusCode
                )
            );
    }

    /// <summary>3 decide.</summary>
    private static Decision? Decide(ExitRequest request)
    {
        var decision = request.State.Routes.Decide(request.Facts);
        request.Decision = decision;
        return decision.Verdict == Verdict.Allow ? null : decision;
    }

    /// <summary>4 scan, 5 inject.</summary>
    private async ValueTask<Decision?> PrepareAsync(ExitRequest request)
    {
        SandboxCredential? credential = null;
        if (request.Decision.Credential is { } name)
        {
            credential = request.State.Credentials.Find(name);
            if (credential is null)
                return Injection.Unavailable($"The policy names credential {name} here, and there is none of that name.", false);
        }
        if (CredentialUse.Check(request, request.Context.Request.Headers, credential) is { } misuse)
            return misuse;
        if (HeadScan.Check(request) is { } found)
            return found;
        if (await BodyScan.PrepareAsync(request, timeouts.Idle) is { } unreadable)
            return unreadable;
        if (credential is null)
            return null;
        var (injection, refusal) = await Injection.PrepareAsync(request, credential, request.Context.RequestAborted);
        request.Injection = injection;
        return refusal;
    }

    private async Task DenyAsync(ExitRequest request, Decision decision)
    {
        if (decision.Route is null && request.Decision?.Route is { } route)
            decision = decision with { Route = route };
        var id = DecisionId.New();
        var kept = await recorder.TryRecordAsync(request.Flow.Exit, Record(request, id, decision, decision.Status));
        if (!kept)
            decision = Decisions.LogBroken();
        // A WebSocket that was open was told in its own way; any other answer that has begun is broken off.
        if (request.Refusal is not null && request.Facts.Protocol == RequestProtocol.WebSocket && request.Context.Response.HasStarted)
            return;
        await RefusalAnswer.WriteAsync(request.Context, request.Facts with { Path = request.State.Mask(request.Facts.Path) }, decision, id);
    }

    private Caisson.Audit.DecisionRecord Record(ExitRequest request, string id, Decision decision, int status)
    {
        var facts = request.Facts;
        return recorder.Record(id, request.Flow, decision, ProtocolName(facts, request.Context)) with
        {
            Host = facts.Host,
            Port = facts.Port,
            Method = facts.Method,
            Path = DecisionRecorder.Shorten(request.State.Mask(facts.Path)),
            Credential = decision.Verdict == Verdict.Allow ? request.Injection?.Credential : null,
            Findings = FindingRecords.Of(request.Hits),
            Status = status,
            RequestBytes = request.RequestBytes,
            ResponseBytes = request.ResponseBytes,
            DurationMilliseconds = time.GetElapsedTime(request.Started).TotalMilliseconds,
        };
    }

    private static string ProtocolName(RequestFacts facts, HttpContext context) =>
        facts.Protocol switch
        {
            RequestProtocol.WebSocket => "websocket",
            RequestProtocol.Grpc => "grpc",
            _ when HttpProtocol.IsHttp2(context.Request.Protocol) => "http/2",
            _ => "http/1.1",
        };

    [LoggerMessage(10, LogLevel.Debug, "Sandbox {Sandbox}: a program left before its answer was complete.")]
    private partial void LogLeft(Exception exception, string sandbox);

    [LoggerMessage(11, LogLevel.Error, "Sandbox {Sandbox}: a request failed in the gateway and was denied.")]
    private partial void LogFailed(Exception exception, string sandbox);
}
