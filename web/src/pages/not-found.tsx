import { useState } from "react";
import type { Me } from "../api/types.ts";
import { Button, ButtonLink } from "../design/controls.tsx";
import { navigate } from "../router/router.tsx";
import { signOut } from "../stores/session.ts";

/** One page for what does not exist and for what is not yours: it must not tell which. */
export function NotFound({ me }: { me: Me }) {
  const [asked, setAsked] = useState(false);
  return (
    <div className="page narrow centre">
      <p className="big-number" aria-hidden="true">
        404
      </p>
      <h1>There is nothing here for you</h1>
      <p className="lead">Either it does not exist, or it is not shared with you. You are signed in as {me.address}.</p>
      <div className="row">
        <ButtonLink href="/" look="primary" icon="home">
          To your workspaces
        </ButtonLink>
        <Button onClick={() => setAsked(true)}>Ask for access</Button>
        {me.session && <Button look="quiet" onClick={() => void signOut().then(() => navigate("/login"))}>Sign out</Button>}
      </div>
      <p role="status" className="soft">
        {asked && "Send this page's address to the person who gave it to you. If it exists, its owner can share it with you under “Sharing”."}
      </p>
    </div>
  );
}
