using Caisson.Api;
using Caisson.Identity;
using Caisson.Server.Access;
using Caisson.Server.Documentation;
using Caisson.Workspaces.Jobs;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Server.Endpoints;

/// <summary>Templates, and what a workspace from one would be.</summary>
internal static class TemplateEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithTags("Templates");
        api.MapGet("/templates", List)
            .Requires(Permission.TemplatesRead)
            .Is("listTemplates", "Lists what workspaces are made from")
            .Gives<TemplatePage>();
        api.MapPost("/templates/{name}/plan", PlanAsync)
            .Requires(Permission.TemplatesRead)
            .Is("planTemplate", "What a workspace would be, without making it")
            .Gives<TemplatePlanResponse>()
            .FailsWith(
                "unknown_template",
                "template_invalid",
                "invalid_parameters",
                "policy_invalid",
                "unknown_policy",
                "agent_not_installed",
                "not_supported",
                "credential_missing",
                "isolation_unavailable"
            );
    }

    private static IResult List(HttpContext context, WorkspaceService service, WorkspaceViews views)
    {
        var (templates, faults) = service.Templates.List();
        // Places of files are the operator's business.
        var told = context.May(Permission.TemplatesWrite, new Resource("template", null, null, null)) ? faults : [];
        return Results.Json(
            new TemplatePage([.. templates.Select(views.Template)], null, templates.Count, told),
            WorkspaceJson.Default.TemplatePage
        );
    }

    private static async Task<IResult> PlanAsync(
        string name,
        TemplatePlanRequest request,
        HttpContext context,
        WorkspaceService service,
        IdentityServices identity,
        CancellationToken cancellation
    )
    {
        var subject = context.Subject();
        var (plan, cost, quota) = await service.PlanAsync(
            new Person(subject.UserId, subject.DisplayName, subject.Address, OwnSettings.Dotfiles(identity, subject.UserId)),
            name,
            new NewWorkspaceRequest
            {
                Template = name,
                Name = request.Name,
                Title = request.Title,
                Parameters = request.Parameters,
                Policies = request.Policies,
                Preset = request.Preset,
                Dotfiles = request.Dotfiles,
            },
            cancellation
        );
        var past = service.Jobs.Durations(name, JobKinds.Create);
        return Results.Json(
            new TemplatePlanResponse
            {
                Name = request.Name ?? name,
                Steps = [.. JobKinds.Steps(JobKinds.Create).Select(step => step.Title)],
                Policies = plan.Policies,
                Routes = plan.Routes,
                Credentials = plan.Needs,
                Risks = plan.Risks,
                Limits = plan.Limits,
                ExpectedSeconds = past.Count == 0 ? null : WorkspaceViews.At(past, 0.5),
                Cost = cost,
                Quota = quota,
                Warnings = plan.Warnings,
            },
            WorkspaceJson.Default.TemplatePlanResponse
        );
    }
}
