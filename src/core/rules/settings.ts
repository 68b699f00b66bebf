import type { LintSettings } from '../config/projectConfig.ts';
import { LoopToolError } from '../errors.ts';
import { objectOf } from '../json/parse.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { didYouMean } from '../schema/didYouMean.ts';
import type { Severity } from './finding.ts';
import type { Profile, Rule } from './rule.ts';

/** What is in force: a profile, and exceptions from it by rule id. Plain data, so that it can be sent to a worker. */
export type RuleSettings = {
  readonly profile: Profile;
  readonly rules: Readonly<Record<string, { readonly severity?: Severity | 'off' | undefined; readonly options?: JsonObject | undefined }>>;
};

export const recommendedSettings: RuleSettings = { profile: 'recommended', rules: {} };

export type ActiveRule<R extends Rule = Rule> = { readonly rule: R; readonly severity: Severity; readonly options: JsonObject };

/** The rules that are on, with severity and options in force. */
export function activeRules(rules: readonly Rule[], settings: RuleSettings): readonly ActiveRule[] {
  return rules.flatMap((rule) => {
    const own = Object.hasOwn(settings.rules, rule.id) ? settings.rules[rule.id] : undefined;
    const severity = own?.severity ?? rule.severity[settings.profile];
    return severity === 'off' ? [] : [{ rule, severity, options: { ...rule.options, ...own?.options } }];
  });
}

/**
 * The settings of looptool.json. `requests` are those of its benchmarks (`requestKey`). Throws `config-invalid` for a rule or
 * an option that does not exist.
 */
export function ruleSettings(lint: LintSettings, rules: readonly Rule[], requests: readonly string[] = []): RuleSettings {
  const byId = new Map<string, { readonly severity?: Severity | 'off' | undefined; readonly options?: JsonObject | undefined }>();
  for (const [id, given] of Object.entries(lint.rules)) {
    const rule = rules.find((one) => one.id === id);
    if (rule === undefined) throw unknownName('rule', `lint.rules.${id}`, id, rules.map((one) => one.id));
    if (typeof given === 'string') {
      byId.set(id, { severity: given });
      continue;
    }
    const { severity, ...options } = given;
    for (const name of Object.keys(options)) {
      if (!Object.hasOwn(rule.options ?? {}, name)) throw unknownName('option', `lint.rules.${id}.${name}`, name, Object.keys(rule.options ?? {}));
    }
    // What JSON brought is JSON.
    byId.set(id, { severity, options: objectOf(Object.entries(options as Record<string, JsonValue>)) });
  }
  if (requests.length > 0) byId.set('benchmark-leak', { ...byId.get('benchmark-leak'), options: { requests } });
  return { profile: lint.profile, rules: Object.fromEntries(byId) };
}

function unknownName(what: string, place: string, name: string, known: readonly string[]): LoopToolError {
  const near = didYouMean(name, known);
  const hint = near === undefined ? (known.length === 0 ? 'It has no options.' : `Known are: ${known.join(', ')}.`) : `Did you mean ${JSON.stringify(near)}?`;
  return new LoopToolError('config-invalid', `${place} in looptool.json: there is no ${what} ${JSON.stringify(name)}. ${hint}`);
}
