using System.Collections.Frozen;
using Caisson.Sandboxes;

namespace Caisson.Server.Endpoints;

/// <summary>Every code of a problem with its status and what it means: what answers are made from, and what the API's document says.</summary>
internal static class ProblemCodes
{
    internal static FrozenDictionary<string, ProblemCode> All { get; } =
        new Dictionary<string, ProblemCode>(StringComparer.Ordinal)
        {
            ["ambiguous_identity"] = new(400, "A trusted proxy's headers name more than one person."),
            ["websocket_only"] = new(400, "The address speaks WebSocket, with the subprotocol that it names."),
            ["not_signed_in"] = new(401, "No credential, or one that is not valid, or not any more."),
            ["link_invalid"] = new(401, "A login link that was used, has expired, or never was."),
            ["login_refused"] = new(401, "The provider's login was not accepted; the record of access says why."),
            ["permission_denied"] = new(403, "A right is missing; the detail names it."),
            ["reason_required"] = new(403, "An admin who looks into what is somebody else's has to say why: X-Caisson-Reason."),
            ["bad_origin"] = new(403, "A browser's request that does not come from Caisson's own pages."),
            ["socket_only"] = new(403, "Possible over the Unix socket of the server alone."),
            ["login_too_old"] = new(403, "A token is made only within 10 minutes of a login."),
            ["identity_conflict"] = new(403, "The address of this login is another subject's."),
            ["not_found"] = new(404, "It does not exist, or the caller may not know of it."),
            ["unknown_sandbox"] = new(404, "There is no such sandbox."),
            ["unknown_template"] = new(404, "There is no such template."),
            ["unknown_agent"] = new(404, "There is no such agent."),
            ["unknown_policy"] = new(404, "There is no such policy."),
            ["unknown_credential"] = new(404, "There is no such credential."),
            ["unknown_process"] = new(404, "There is no such process in the sandbox."),
            ["no_such_process"] = new(404, "There is no such process in the sandbox, or not any more."),
            ["not_executable"] = new(404, "The program is not one."),
            ["method_not_allowed"] = new(405, "The address has no such method."),
            ["state_conflict"] = new(409, "The state of the thing does not allow it."),
            ["last_admin"] = new(409, "Nobody would be left who could undo it."),
            ["invalid_transition"] = new(409, "The workspace's state does not allow it; the detail says what it allows."),
            ["name_taken"] = new(409, "Another workspace of the owner has this name."),
            ["home_gone"] = new(409, "The home of the workspace is no longer kept."),
            ["protected_path"] = new(409, "The patch touches a file that is never written from outside."),
            ["patch_conflict"] = new(409, "The work does not fit the repository any more."),
            ["plan_changed"] = new(409, "The plan is another one than the person agreed to."),
            ["input_gap"] = new(409, "Input before this sequence is missing; nothing was applied."),
            ["input_closed"] = new(409, "The program takes no input any more."),
            ["not_running"] = new(409, "The process has ended."),
            ["still_running"] = new(409, "The process still runs."),
            ["held"] = new(409, "The recording is held, so it can't be deleted."),
            ["no_terminal"] = new(409, "The process has no terminal."),
            ["length_required"] = new(411, "An upload has to say how long it is."),
            ["changed"] = new(412, "It has changed since it was read: read it again, then change it."),
            ["too_large"] = new(413, "The body, or what it asks for, is larger than the limit."),
            ["unsupported_media_type"] = new(415, "The body is of another type than the endpoint takes."),
            ["host_mismatch"] = new(421, "The server does not answer to this host name."),
            ["invalid_request"] = new(422, "The request is understood and says something that can't be; 400 when it is not understood."),
            ["invalid_email"] = new(422, "A trusted proxy's header holds no address."),
            ["invalid_parameters"] = new(422, "Parameters don't fit the template; each error is listed."),
            ["idempotency_mismatch"] = new(422, "The Idempotency-Key was used with another request."),
            ["configuration_invalid"] = new(422, "The configuration has errors; the last good one holds."),
            ["policy_invalid"] = new(422, "A policy has errors; each is listed."),
            ["template_invalid"] = new(422, "The template has errors; each is listed."),
            ["patch_invalid"] = new(422, "The work can't be shown as a patch."),
            ["shell_not_found"] = new(422, "The command is not there in the workspace."),
            ["no_directory"] = new(422, "The directory is not there."),
            ["bad_request"] = new(422, "The sandbox's PID 1 does not accept it; the detail says why."),
            ["archive_refused"] = new(422, "The sandbox does not accept the file."),
            ["bad_pattern"] = new(422, "The regular expression is none, or one that is not possible here."),
            ["not_supported"] = new(422, "It is not possible on this machine or with this driver."),
            ["credential_missing"] = new(422, "A credential that the policy needs has no value."),
            ["agent_not_installed"] = new(422, "The agent has to be installed first."),
            ["precondition_required"] = new(428, "If-Match is missing."),
            ["rate_limited"] = new(429, "Too many requests of this kind; Retry-After says when to come back."),
            ["limit"] = new(429, "A limit of the sandbox is reached."),
            ["terminal_limit"] = new(429, "As many terminals as are possible are open."),
            ["viewer_limit"] = new(429, "As many as are possible are looking at this terminal already."),
            ["memory_pressure"] = new(429, "The workspace has too little memory left."),
            ["internal"] = new(500, "A bug; the server's log has the details under request_id."),
            ["install_failed"] = new(502, "The agent could not be installed."),
            ["git_failed"] = new(502, "git failed; the detail has its words."),
            ["stop_failed"] = new(502, "The sandbox could not be stopped."),
            ["remove_failed"] = new(502, "The sandbox's files could not be removed."),
            ["unreachable"] = new(502, "The sandbox's PID 1 does not answer."),
            ["disconnected"] = new(502, "The sandbox ended while it was spoken to."),
            ["protocol"] = new(502, "The sandbox's PID 1 answers in a way that is not understood."),
            ["start_failed"] = new(502, "The program could not be started in the sandbox."),
            ["copy_failed"] = new(502, "Copying into or out of the sandbox failed."),
            ["provider_unavailable"] = new(502, "The identity provider can't be reached, or does not answer as one."),
            ["isolation_unavailable"] = new(503, "This machine can't isolate as the policy asks."),
            ["isolation_unverified"] = new(503, "The sandbox could not be shown to be sealed, so it was not started."),
            ["limits_unavailable"] = new(503, "This machine can't set the limits that the policy asks for."),
            ["sandbox_not_ready"] = new(503, "The sandbox did not become ready in time."),
            ["launch_failed"] = new(503, "The sandbox could not be started."),
            ["recording_unavailable"] = new(507, "The terminal has to be recorded, and it can't be."),
            [StorageFull.Code] = new(507, "No space is left on the disk that holds Caisson's data."),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>500 for a code that nobody has described: a bug, and shown as one.</summary>
    internal static int StatusOf(string code) => All.TryGetValue(code, out var known) ? known.Status : 500;
}

/// <param name="Meaning">One sentence.</param>
internal sealed record ProblemCode(int Status, string Meaning);
