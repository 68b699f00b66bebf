import * as z from 'zod';
import { projectConfigSchema } from '../src/core/config/projectConfig.ts';
import { rulesPage } from './makeRules.ts';

/** Content of every generated file by its path from the root. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return { 'media/schema/looptool.schema.json': `${JSON.stringify(projectSchema(), undefined, 2)}\n`, 'docs/rules.md': rulesPage() };
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
  return { ...schema, title: 'LoopTool project', description: 'looptool.json: datasets, endpoints (no keys), trainer and stage settings of one project' };
}
