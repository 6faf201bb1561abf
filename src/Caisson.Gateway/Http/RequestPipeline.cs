using Caisson.Credentials;
using Caisson.Gateway.Connections;
using Caisson.Gateway.Internal;
using Caisson.Gateway.Refusals;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Caisson.Gateway.Http;

/// <summary>
/// Every inspected request goes through these steps, in this order: 1 identify, 2 classify, 3 decide, 4 scan, 5 inject, 6 forward, 7 meter, 8 audit.
/// What an agent sent in an injected header is taken out before step 4 looks and never leaves; the real value exists after step 5 only, and
/// nothing is recorded from the request that step 6 sends. A denial skips to step 8, and its answer comes after that.
/// </summary>
internal sealed class RequestPipeline(Forwarding forwarding, DecisionRecorder recorder, InternalEndpoints endpoints, TimeProvider time)
{
    // Not a status that anybody receives: it marks records of requests whose client did not wait (as nginx has it).
    private const int ClientClosedRequest = 499;

    public async Task ProcessAsync(HttpContext context)
    {
        // 1 identify: by the connection, which knows its socket. Nothing that the request says changes it.
        var flow = context.Features.GetRequiredFeature<ExitConnection>();
        var request = new ExitRequest(context, flow, flow.Exit.State, time.GetTimestamp());

        // 2 classify
        var fault = RequestReading.TryRead(context, flow, out var facts);
        request.Facts = facts;
        if (fault is not null)
        {
            await DenyAsync(request, fault);
            return;
        }
        if (flow.IsInternal || (flow.IsProxy && facts is { Host: InternalEndpoints.Name, Port: 80 }))
        {
            await endpoints.AnswerAsync(context, flow);
            return;
        }
        if (recorder.IsBroken)
        {
            await DenyAsync(request, Decisions.LogBroken());
            return;
        }

        // 3 decide
        request.Decision = request.State.Routes.Decide(facts);
        if (request.Decision.Verdict != Verdict.Allow)
        {
            await DenyAsync(request, request.Decision);
            return;
        }

        // 4 scan
        SandboxCredential? credential = null;
        if (request.Decision.Credential is { } name)
        {
            credential = request.State.Credentials.Find(name);
            if (credential is null)
            {
                await DenyAsync(
                    request,
                    Injection.Unavailable($"The policy names credential {name} here, and there is none of that name.", false)
                );
                return;
            }
        }
        if (CredentialUse.Check(request, context.Request.Headers, credential) is { } misuse)
        {
            await DenyAsync(request, misuse);
            return;
        }

        // 5 inject
        if (credential is not null)
        {
            var (injection, refusal) = await Injection.PrepareAsync(request, credential, context.RequestAborted);
            if (refusal is not null)
            {
                await DenyAsync(request, refusal);
                return;
            }
            request.Injection = injection;
        }

        // 6 forward, 7 meter
        if (await forwarding.SendAsync(request) is { } failed)
        {
            await DenyAsync(request, failed);
            return;
        }

        if (context.RequestAborted.IsCancellationRequested)
            flow.Resets.Add(context, time);

        // 8 audit
        await recorder.TryRecordAsync(
            Record(
                request,
                DecisionRecorder.NewId(),
                request.Decision,
                request.ClientLeft ? ClientClosedRequest : context.Response.StatusCode
            )
        );
    }

    private async Task DenyAsync(ExitRequest request, Decision decision)
    {
        if (decision.Route is null && request.Decision?.Route is { } route)
            decision = decision with { Route = route };
        var id = DecisionRecorder.NewId();
        var kept = await recorder.TryRecordAsync(Record(request, id, decision, decision.Status));
        if (!kept)
            decision = Decisions.LogBroken();
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
}
