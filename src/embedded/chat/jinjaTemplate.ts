/**
 * The chat template of template.ts and signature.ts in the language of published models. It goes into every checkpoint, so
 * that a server of the user's (llama.cpp) serves the file as it is, with tools, and writes the prompts that it was trained
 * on. Equal to `renderPrompt` on all data of the sample project and on the schemas of the tests; not on text of special
 * tokens, which a template cannot keep apart.
 */
export const jinjaChatTemplate = String.raw`
{%- macro enum_text(values) -%}
{%- set ns = namespace(listed=(values | length) <= 5, text='') -%}
{%- for value in values -%}
{%- if value is none or value is mapping or (value is iterable and value is not string) -%}
{%- set ns.listed = false -%}
{%- else -%}
{%- set one = value if value is string else value | tojson -%}
{%- for mark in ['|', ',', ':', '(', ')', '{', '}', '[', ']', '?', '\r', '\n'] -%}
{%- if mark in one -%}{%- set ns.listed = false -%}{%- endif -%}
{%- endfor -%}
{%- if one == '' -%}{%- set ns.listed = false -%}{%- endif -%}
{%- set ns.text = ns.text + ('' if loop.first else '|') + one -%}
{%- endif -%}
{%- endfor -%}
{{- ns.text if ns.listed else 'enum' -}}
{%- endmacro -%}
{%- macro type_text(schema, depth) -%}
{%- if schema is not mapping -%}
{{- 'any' -}}
{%- else -%}
{%- set ns = namespace(names=[], real=[]) -%}
{%- set values = schema['enum'] if 'enum' in schema else ([schema['const']] if 'const' in schema else []) -%}
{%- set declared = schema['type'] if schema['type'] else ('object' if schema['properties'] is mapping else none) -%}
{%- for name in ([declared] if declared is string else (declared or [])) -%}
{%- if name != 'null' -%}{%- set ns.names = ns.names + [name | lower] -%}{%- endif -%}
{%- endfor -%}
{%- set type = ns.names[0] if (ns.names | length) == 1 else '' -%}
{%- if (values | length) > 0 -%}
{{- enum_text(values) -}}
{%- elif type in ['string', 'str'] -%}
{{- 'str' -}}
{%- elif type in ['integer', 'int', 'long'] -%}
{{- 'int' -}}
{%- elif type in ['number', 'float', 'double'] -%}
{{- 'num' -}}
{%- elif type in ['boolean', 'bool'] -%}
{{- 'bool' -}}
{%- elif type in ['array', 'list', 'tuple'] -%}
{{- '[' + type_text(schema['items'], depth) + ']' -}}
{%- elif type in ['object', 'dict', 'map'] -%}
{{- '{' + (member_list(schema, depth + 1) if depth == 0 else '') + '}' -}}
{%- elif type == '' -%}
{%- for one in (schema['anyOf'] or schema['oneOf'] or []) -%}
{%- if not (one is mapping and one['type'] == 'null') -%}{%- set ns.real = ns.real + [one] -%}{%- endif -%}
{%- endfor -%}
{{- type_text(ns.real[0], depth) if (ns.real | length) == 1 and (ns.names | length) == 0 else 'any' -}}
{%- else -%}
{{- 'any' -}}
{%- endif -%}
{%- endif -%}
{%- endmacro -%}
{%- macro member_list(schema, depth) -%}
{%- set ns = namespace(first=true) -%}
{%- set plain = 'type' not in schema or schema['type'] is mapping -%}
{%- set members = schema['properties'] if schema['properties'] is mapping else (schema if plain else {}) -%}
{%- set listed = schema['required'] if schema['required'] is iterable and schema['required'] is not string else [] -%}
{%- for name, property in members.items() -%}
{%- if property is mapping or schema['properties'] is mapping -%}
{{- '' if ns.first else ',' -}}
{%- set ns.first = false -%}
{{- name + ('' if name in listed or (property is mapping and property['required'] is true) else '?') + ':' + type_text(property, depth) -}}
{%- endif -%}
{%- endfor -%}
{%- endmacro -%}
{%- set turns = namespace(system='', leading=true) -%}
{%- for message in messages -%}
{%- if message['role'] != 'system' -%}{%- set turns.leading = false -%}{%- endif -%}
{%- if turns.leading -%}{%- set turns.system = turns.system + message['content'] + '\n' -%}{%- endif -%}
{%- endfor -%}
{{- '<|im_start|>system\n' + (turns.system if turns.system != '\n' else '') + '<tools>\n' -}}
{%- for tool in (tools or []) -%}
{%- set function = tool['function'] or tool -%}
{{- function['name'] + '(' + member_list(function['parameters'] or {}, 0) + ')\n' -}}
{%- endfor -%}
{{- '</tools><|im_end|>\n' -}}
{%- set turns.leading = true -%}
{%- for message in messages -%}
{%- if message['role'] != 'system' -%}{%- set turns.leading = false -%}{%- endif -%}
{%- if not turns.leading -%}
{{- '<|im_start|>' + message['role'] + '\n' -}}
{%- if message['role'] == 'tool' -%}
{{- '<tool_response>' + message['content'] + '</tool_response>' -}}
{%- else -%}
{{- message['content'] or '' -}}
{%- for call in (message['tool_calls'] or []) -%}
{%- set function = call['function'] or call -%}
{%- set arguments = function['arguments'] if function['arguments'] is string else function['arguments'] | tojson(separators=[',', ':']) -%}
{{- '' if loop.first and not message['content'] else '\n' -}}
{{- '<tool_call>\n{"name":' + (function['name'] | tojson) + ',"arguments":' + arguments + '}\n</tool_call>' -}}
{%- endfor -%}
{%- endif -%}
{{- '<|im_end|>\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\n' -}}
{%- endif -%}
`.trim();
