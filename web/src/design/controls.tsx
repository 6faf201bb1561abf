import { type ButtonHTMLAttributes, type MouseEvent, type ReactNode, useId, useState } from "react";
import { Link } from "../router/router.tsx";
import { toast } from "../shell/toasts.tsx";
import { Icon, type IconName } from "./icon.tsx";

type Look = "plain" | "primary" | "danger" | "quiet";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled"> {
  look?: Look;
  icon?: IconName;
  iconOnly?: boolean;
  /** Why it can't be used now. It stays focusable, so that keyboard and screen reader get the reason, too. */
  unavailable?: string | null | undefined;
  busy?: boolean;
}

export function Button({ look = "plain", icon, iconOnly, unavailable, busy, children, className, onClick, type = "button", title, autoFocus, ...rest }: ButtonProps) {
  const id = useId();
  const blocked = Boolean(unavailable) || busy;
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (blocked) {
      event.preventDefault();
      if (unavailable) toast({ kind: "info", text: unavailable });
      return;
    }
    onClick?.(event);
  };
  return (
    <button
      {...rest}
      data-autofocus={autoFocus || undefined}
      type={type}
      className={`button ${look === "plain" ? "" : look} ${iconOnly ? "icon-only" : ""} ${className ?? ""}`}
      aria-disabled={blocked || undefined}
      aria-describedby={unavailable ? id : undefined}
      title={unavailable ?? title}
      onClick={click}
    >
      {busy ? <Icon name="busy" className="spin" /> : icon && <Icon name={icon} />}
      {iconOnly ? <span className="sr-only">{children}</span> : children}
      {unavailable && (
        <span id={id} className="sr-only">
          {unavailable}
        </span>
      )}
    </button>
  );
}

export function ButtonLink({ href, look = "plain", icon, children, className, ...rest }: { href: string; look?: Look; icon?: IconName; children: ReactNode; className?: string; title?: string }) {
  return (
    <Link href={href} className={`button ${look === "plain" ? "" : look} ${className ?? ""}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}

export type Tone = "good" | "busy" | "wait" | "bad" | "calm";

/** A state: never by colour alone. */
export function Pill({ tone, icon, children, spinning }: { tone: Tone; icon: IconName; children: ReactNode; spinning?: boolean }) {
  return (
    <span className={`pill ${tone}`}>
      <Icon name={icon} size={15} {...(spinning ? { className: "spin" } : {})} />
      {children}
    </span>
  );
}

export function Notice({ tone = "calm", icon = "info", title, children, live }: { tone?: Tone; icon?: IconName; title?: ReactNode; children?: ReactNode; live?: boolean }) {
  return (
    <div className={`notice ${tone}`} role={live ? "alert" : undefined}>
      <Icon name={icon} />
      <div className="grow">
        {title && <h3>{title}</h3>}
        {children}
      </div>
    </div>
  );
}

/** The equal command: the page teaches the command line. */
export function Command({ text, label = "Same thing in a shell" }: { text: string; label?: string | null | undefined }) {
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast({ kind: "good", text: "Copied." });
  };
  return (
    <div className="field">
      {label && <span className="hint">{label}</span>}
      <div className="command">
        <code tabIndex={0}>{text}</code>
        <Button look="quiet" icon="copy" iconOnly onClick={() => void copy()}>
          Copy the command {text}
        </Button>
      </div>
    </div>
  );
}

export function Field({ label, hint, wrong, children }: { label: ReactNode; hint?: ReactNode; wrong?: string | null | undefined; children: (props: { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined }) => ReactNode }) {
  const id = useId();
  const describe = hint || wrong ? `${id}-more` : undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": describe, "aria-invalid": wrong ? true : undefined })}
      <div id={describe}>
        {wrong && (
          <span className="wrong">
            <Icon name="failed" size={15} />
            {wrong}
          </span>
        )}
        {!wrong && hint && <span className="hint">{hint}</span>}
      </div>
    </div>
  );
}

export function Segments<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: readonly (readonly [T, string])[]; onChange: (value: T) => void }) {
  return (
    <div className="segments" role="radiogroup" aria-label={label}>
      {options.map(([option, text]) => (
        <button key={option} type="button" role="radio" aria-checked={option === value} onClick={() => onChange(option)}>
          {text}
        </button>
      ))}
    </div>
  );
}

/** More by a click, as plain text. */
export function RawText({ text, limit = 2000 }: { text: string; limit?: number }) {
  const [all, setAll] = useState(false);
  const long = text.length > limit;
  return (
    <div className="stack">
      <pre className="raw" tabIndex={0}>{all || !long ? text : `${text.slice(0, limit)}…`}</pre>
      {long && !all && (
        <div>
          <Button look="quiet" onClick={() => setAll(true)}>
            Show all {text.length.toLocaleString()} characters
          </Button>
        </div>
      )}
    </div>
  );
}
