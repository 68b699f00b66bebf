import type { JsonObject } from '../json/value.ts';
import type { Severity } from './finding.ts';
import type { Profile, Rule } from './rule.ts';

/** What looptool.json says of rules: a profile, and exceptions from it by rule id. */
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
