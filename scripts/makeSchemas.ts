import * as z from 'zod';
import { projectConfigSchema } from '../src/core/config/projectConfig.ts';
import { dialects } from '../src/core/dataset/dialects.generated.ts';
import { rules } from '../src/core/rules/rules.generated.ts';
import { rulePages } from './makeRules.ts';

/** Content of every generated file by its path from the root. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return { 'media/schema/looptool.schema.json': `${JSON.stringify(projectSchema(), undefined, 2)}\n`, ...rulePages() };
}

/** What a person writes: settings with a default may be left out. */
function projectSchema(): unknown {
  const schema = z.toJSONSchema(projectConfigSchema, {
    target: 'draft-7',
    io: 'input',
    // Limits of JavaScript's integers say nothing to a person who edits the file.
    override: ({ jsonSchema }) => {
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  nameDialects(schema);
  nameRules(schema);
  return { ...schema, title: 'LoopTool project', description: 'looptool.json: datasets, endpoints (no keys), trainer and stage settings of one project' };
}

type Schema = Record<string, unknown>;

/** Dialect ids for completion. Any text stays valid: a newer version may know more. */
function nameDialects(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { properties } = schema as { readonly properties?: { readonly dialect?: Schema } };
  if (properties?.dialect?.['type'] === 'string') {
    const { type, ...rest } = properties.dialect;
    Object.assign(properties, { dialect: { ...rest, anyOf: [{ enum: dialects.map(({ id }) => id), enumDescriptions: dialects.map(({ name }) => name) }, { type }] } });
  }
  for (const part of Object.values(schema)) nameDialects(part);
}

const severity = { enum: ['error', 'warning', 'information', 'off'] };

/** Each rule with its options: completion, documentation under the pointer, and a mark at a name that does not exist. */
function nameRules(schema: unknown): void {
  const { properties } = schema as { readonly properties: { readonly lint: { readonly properties: { readonly rules: Schema } } } }; // Made from the project's schema above.
  const { rules: settings } = properties.lint.properties;
  delete settings['propertyNames'];
  settings['additionalProperties'] = false;
  settings['properties'] = Object.fromEntries(
    rules
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, docs, severity: own, options }) => {
        const named = Object.entries(docs.options ?? {}).filter(([name]) => options?.[name] !== undefined);
        const members = named.map(([name, description]) => [name, { description, ...typeOf(options?.[name]) }] as const);
        const description = `${docs.summary} ${docs.why}\n\nstrict: ${own.strict}, recommended: ${own.recommended}, lenient: ${own.lenient}`;
        return [id, { description, anyOf: [severity, { type: 'object', properties: { severity, ...Object.fromEntries(members) }, additionalProperties: false }] }];
      }),
  );
}

function typeOf(value: unknown): Schema {
  return { default: value, type: Array.isArray(value) ? 'array' : typeof value };
}
