import type { JsonValue } from '../json/value.ts';

/** The emptiest value of a JSON Schema type; a text where the type is none or unknown. */
export function emptyValue(type: string | undefined): JsonValue {
  switch (type) {
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'object':
      return {};
    case 'null':
      return null;
    default:
      return '';
  }
}
