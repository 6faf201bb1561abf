import type { Preset } from "../api/types.ts";
import { Chips } from "./overview.tsx";

/** Ways to fill the form in at once. What is changed afterwards goes before the preset. */
export function Presets({ presets, chosen, onChoose }: { presets: readonly Preset[]; chosen: Preset | null; onChoose: (preset: Preset | null) => void }) {
  const choice = (preset: Preset | null, label: string, text: string | null | undefined) => (
    <label key={preset?.name ?? ""} className="preset">
      <input type="radio" name="preset" checked={chosen?.name === preset?.name} onChange={() => onChoose(preset)} />
      <span className="grow">
        <strong className="wrap-anywhere">{label}</strong>
        {text && <span className="small soft wrap-anywhere">{text}</span>}
        {preset && preset.policies.length > 0 && (
          <span className="small faint">
            Only with <Chips items={preset.policies} />
          </span>
        )}
      </span>
    </label>
  );
  return (
    <fieldset className="card presets">
      <legend className="label">Begin with</legend>
      {presets.map((preset) => choice(preset, preset.label, preset.description))}
      {choice(null, "Nothing filled in", "The template's own values")}
    </fieldset>
  );
}
