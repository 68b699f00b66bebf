import { describe, expect, it } from 'vitest';
import { compileJinja, type Rendered } from '../../../src/core/llm/template/jinjaTemplate.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

async function render(source: string, variables: JsonObject = {}): Promise<Rendered> {
  const compiled = await compileJinja(source);
  return compiled.ok ? compiled.template.render(variables) : compiled;
}

const doubling = '{% set ns = namespace(x="ab") %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}';

describe('a hostile template ends in an error', () => {
  const hostile: readonly (readonly [string, string, RegExp])[] = [
    ['endless work', '{% for a in range(9999) %}{% for b in range(9999) %}{{ a * b }}{% endfor %}{% endfor %}', /does not come to an end/],
    ['a macro that calls itself', '{% macro f(x) %}{{ f(x + 1) }}{% endmacro %}{{ f(0) }}', /calls itself/],
    ['a text that doubles', doubling, /million characters/],
    ['a long range', '{% for i in range(1000000000) %}x{% endfor %}', /counts to more/],
    ['a range of a power', '{{ range(10 ** 12) | length }}', /counts to more/],
    ['replacing by much', '{% set ns = namespace(x="a") %}{% for i in range(20) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x | replace("a", ns.x) }}', /million characters/],
    ['the method replace', '{% set ns = namespace(x="a") %}{% for i in range(20) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x.replace("a", ns.x) }}', /million characters/],
    ['the method replace under another name', '{% set ns = namespace(x="a") %}{% for i in range(20) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x["rep" ~ "lace"]("a", ns.x) }}', /million characters/],
    ['joining by much', '{% set ns = namespace(x="a") %}{% for i in range(20) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ range(9999) | join(ns.x) }}', /million characters/],
    ['a wide margin', '{{ "a\\nb" | indent(1000000000) }}', /counts to more/],
    ['JSON with a wide margin', '{{ [1, 2] | tojson(indent=1000000000) }}', /counts to more/],
    ['a list that doubles', '{% set ns = namespace(x=[1, 2]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x | length }}', /too large|does not come to an end/],
    ['a tree that doubles', '{% set ns = namespace(x=[1, 2]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}', /too large/],
    ['a tree that doubles, as text', '{% set ns = namespace(x=[1, 2]) %}{% for i in range(60) %}{% set ns.x = {"a": ns.x, "b": ns.x} %}{% endfor %}{{ ns.x }}', /too large/],
    ['a value inside of itself', '{% set ns = namespace(a=1) %}{% set ns.a = ns %}{{ ns | tojson }}', /namespace/],
    ['a namespace in a list in itself', '{% set ns = namespace(a=1) %}{% set ns.a = [ns] %}{{ ns.a | tojson }}', /namespace/],
    ['deep brackets', `{{ ${'['.repeat(20_000)}${']'.repeat(20_000)} }}`, /nested too deeply/],
    ['many blanks', `${' '.repeat(50_000)}x`, /blanks in a row/],
    ['a template without measure', 'x'.repeat(600_000), /longer than/],
  ];

  it.each(hostile)('%s', async (_, source, message) => {
    const rendered = await render(source);
    expect(rendered).toMatchObject({ ok: false, message: expect.stringMatching(message) as unknown });
  });

  it('reaches nothing of the host', async () => {
    for (const expression of ['x.constructor', 'x["constructor"]', 'x.__proto__', '"".constructor', '[].constructor', 'range.constructor', 'namespace().constructor', 'process', 'globalThis', 'x.toString', 'x.valueOf', 'self', 'cycler']) {
      expect(await render(`[{{ ${expression} }}]`, { x: { a: 1 } }), expression).toEqual({ ok: true, text: '[]' });
    }
    expect(await render('{{ x["__proto__"] }}', { x: JSON.parse('{"__proto__": "own"}') as JsonObject })).toEqual({ ok: true, text: 'own' });
  });

  it('is stopped at the same place every time', async () => {
    expect(await render(doubling)).toEqual(await render(doubling));
  });
});

describe('problems carry their place', () => {
  it.each([
    ['an unclosed tag', 'a\nb {{ x', { line: 2, column: 3 }],
    ['an unknown statement', 'one\n{% if true %}\nx\n{% endif %}\n  {% frobnicate %}', { line: 5, column: 3 }],
    ['a broken expression', '{{ a }}\n\n{{ b + }}\n{{ c }}', { line: 3, column: 1 }],
    ['an if without an end', 'x\n{% if a %}\ny', { line: 2, column: 1 }],
    ['a bad text', "{{ 'fine' }}\n{{ 'bad \\q' }}\n{{ 'fine' }}", { line: 2, column: 1 }],
    ['a refusal', '{% for m in [1, 2] %}\n  {% if m == 2 %}\n    {{ raise_exception("no") }}\n  {% endif %}\n{% endfor %}', { line: 3, column: 5 }],
    ['a function that is not there', '{# c #}\n{% if false %}\n{{ a() }}\n{% elif true %}\n{{ b() }}\n{% else %}\n{{ c() }}\n{% endif %}', { line: 5, column: 1 }],
    ['behind a branch and a loop', '{% if true %}a{% elif x %}b{% endif %}\n{% for i in [] %}{{ i }}{% else %}e{% endfor %}\n{% set y %}t{% endset %}\n{% set z = 1 %}\n{{ y.nothing() }}', { line: 5, column: 1 }],
    ['inside of a macro', '{% macro f(a) %}\n{{ a.b() }}\n{% endmacro %}\nx\n{{ f(1) }}', { line: 2, column: 1 }],
    ['after a break', '{% for i in [1, 2] %}\n{% if i == 1 %}{% break %}{% endif %}\n{% endfor %}\n{{ none.x() }}', { line: 4, column: 1 }],
  ])('%s', async (_, source, place) => {
    expect(await render(source)).toMatchObject({ ok: false, place });
  });
});

describe('values are those of the data', () => {
  it('writes JSON as Python does, numbers as they are', async () => {
    const { parseJson } = await import('../../../src/core/json/parse.ts');
    const parsed = parseJson('{"a": 5.0, "big": 12345678901234567890, "e": 1e3, "t": "é\\n", "n": null, "l": [], "o": {}, "z": [1, true]}');
    if (!parsed.ok) throw new Error('the text is JSON');
    const x = parsed.value;
    expect(await render('{{ x | tojson }}', { x })).toEqual({ ok: true, text: '{"a": 5.0, "big": 12345678901234567890, "e": 1000.0, "t": "é\\n", "n": null, "l": [], "o": {}, "z": [1, true]}' });
    expect(await render('{{ x.a }} {{ x.big }} {{ x.a + 1 }}', { x })).toEqual({ ok: true, text: '5.0 12345678901234567890 6.0' });
    expect(await render('{{ {"a": [1, {"b": 2}], "c": {}} | tojson(indent=2) }}')).toEqual({ ok: true, text: '{\n  "a": [\n    1,\n    {\n      "b": 2\n    }\n  ],\n  "c": {}\n}' });
    expect(await render('{{ {"b": "é", "a": 1} | tojson(sort_keys=true, ensure_ascii=true, separators=(",", ":")) }}')).toEqual({ ok: true, text: '{"a":1,"b":"\\u00e9"}' });
  });

  it('knows no date but the one that it is given', async () => {
    const compiled = await compileJinja('{% if strftime_now is defined %}{{ strftime_now("%d %b %Y") }}{% else %}none{% endif %}');
    if (!compiled.ok) throw new Error(compiled.message);
    expect(compiled.template.render({})).toEqual({ ok: true, text: 'none' });
    expect(compiled.template.render({}, { now: new Date('2026-03-09') })).toEqual({ ok: true, text: '09 Mar 2026' });
  });

  it('methods of objects are not hidden by keys of the data', async () => {
    const x = { items: { type: 'array' }, get: 1, keys: 2 };
    expect(await render('{% for k, v in x.items() %}{{ k }};{% endfor %} {{ x["items"].type }} {{ x.get("get") }} {{ x["keys"] }}', { x })).toEqual({ ok: true, text: 'items;get;keys; array 1 2' });
  });

  it('texts have the methods of Python, values are written as Python writes them', async () => {
    expect(await render(`{{ "  a\n".rstrip("\n") }}|{{ "xxax".lstrip("x") }}|{{ " b ".strip() }}|{{ "{} of {1} {n}".format(1, 2, n="c") }}|{{ "a,b".split(",")[1] }}|{{ "abc".find("c") }}`)).toEqual({ ok: true, text: '  a|ax|b|1 of 2 c|b|2' });
    expect(await render('{{ true }} {{ none }} {{ [1, "a", none] }} {{ {"k": 1.0} }} {{ x }}{{ "n: " ~ true ~ none }}')).toEqual({ ok: true, text: "True None [1, 'a', None] {'k': 1.0} n: TrueNone" });
    expect(await render('{{ [3, 1, 2] | min }} {{ [3, 1, 2] | max }} {% for a, b in [(1, 2), (3, 4)] %}{{ a + b }} {% endfor %}{{ missing | trim }}')).toEqual({ ok: true, text: '1 3 3 7 ' });
  });

  it('takes named arguments', async () => {
    const source = '{% macro f(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ f(1, b=3) }} {{ f(a=4) }}{% set ns = namespace(k=5) %} {{ ns.k }} {{ ["b", "a"] | join(", ") }} {{ "x\ny" | indent(2) }} {{ "aaa" | replace("a", "b", 2) }} {{ "aXb".replace("X", "-") }}';
    expect(await render(source)).toEqual({ ok: true, text: '1-3 4-2 5 b, a x\n  y bba a-b' });
  });
});
