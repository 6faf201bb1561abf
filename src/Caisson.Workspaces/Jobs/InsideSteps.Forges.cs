namespace Caisson.Workspaces.Jobs;

/// <summary>
/// The command lines of forges ask for a login in a menu, which can lead nowhere: no credential is kept inside. Where one is installed, a few lines before it in
/// the PATH say so. They are in the home, and the user's to remove; nothing relies on them.
/// </summary>
internal sealed partial class InsideSteps
{
    private const string Forges = """
        for name in gh glab; do
          [ -x /usr/bin/$name ] || continue
          own=~/.local/bin/$name
          [ ! -e "$own" ] || continue
          mkdir -p ~/.local/bin
          cat >"$own.half" <<END
        #!/bin/sh
        # Written by Caisson. Remove it if it is in your way; it won't come back while ~/.local/bin/.$name exists.
        if [ "\$1 \$2" = 'auth login' ] || [ "\$1 \$2" = 'auth refresh' ]; then
          echo "$name: no login is possible or needed in a workspace: credentials stay with Caisson's gateway, which adds them to the requests that the policy allows." >&2
          echo "  fix: ask the operator for a credential of this forge in the workspace's policy; its placeholder is then in the environment, and $name uses it." >&2
          echo "  see: curl http://caisson.internal/v1/policy" >&2
          exit 1
        fi
        exec /usr/bin/$name "\$@"
        END
          [ -e ~/.local/bin/.$name ] || { chmod 755 "$own.half"; mv "$own.half" "$own"; }
          rm -f "$own.half"
        done
        """;

    internal async Task ForgesAsync(CancellationToken cancellation) => await MustAsync(["bash", "-c", Forges], cancellation);
}
