/** A constant of Python. Integers are exact; bytes are held as text, one character a byte. */
export type PythonConstant =
  | { readonly type: 'str'; readonly value: string; readonly unicode?: boolean }
  | { readonly type: 'bytes'; readonly value: string }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'complex'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'none' }
  | { readonly type: 'ellipsis' };

export type PythonKeyword = { /** Absent for `**value`. */ readonly name?: string; readonly value: PythonExpression };
export type PythonComprehension = { readonly async: boolean; readonly target: PythonExpression; readonly iterable: PythonExpression; readonly conditions: readonly PythonExpression[] };
export type PythonParameter = { /** `*`, `**`, or `/` and `*` alone with an empty name. */ readonly mark: '' | '*' | '**' | '/'; readonly name: string; readonly fallback?: PythonExpression };

/** An expression, as Python's `ast` module names its parts. */
export type PythonExpression =
  | { readonly kind: 'constant'; readonly constant: PythonConstant }
  | { readonly kind: 'formatted'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly value: PythonExpression; readonly name: string }
  | { readonly kind: 'subscript'; readonly value: PythonExpression; readonly index: PythonExpression }
  | { readonly kind: 'slice'; readonly lower?: PythonExpression; readonly upper?: PythonExpression; readonly step?: PythonExpression }
  | { readonly kind: 'call'; readonly callee: PythonExpression; readonly args: readonly PythonExpression[]; readonly keywords: readonly PythonKeyword[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: PythonExpression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: PythonExpression; readonly right: PythonExpression }
  | { readonly kind: 'boolean'; readonly operator: 'and' | 'or'; readonly values: readonly PythonExpression[] }
  | { readonly kind: 'compare'; readonly first: PythonExpression; readonly rest: readonly { readonly operator: string; readonly value: PythonExpression }[] }
  | { readonly kind: 'conditional'; readonly test: PythonExpression; readonly then: PythonExpression; readonly otherwise: PythonExpression }
  | { readonly kind: 'lambda'; readonly parameters: readonly PythonParameter[]; readonly body: PythonExpression }
  | { readonly kind: 'list' | 'tuple' | 'set'; readonly items: readonly PythonExpression[] }
  | { readonly kind: 'dict'; readonly entries: readonly { /** Absent for `**value`. */ readonly key?: PythonExpression; readonly value: PythonExpression }[] }
  | { readonly kind: 'comprehension'; readonly brackets: '[]' | '{}' | '()'; readonly key?: PythonExpression; readonly item: PythonExpression; readonly loops: readonly PythonComprehension[] }
  | { readonly kind: 'starred'; readonly value: PythonExpression }
  | { readonly kind: 'named'; readonly name: string; readonly value: PythonExpression };

/** Binary operators by how tightly they bind; the numbers are those of `pythonUnparse.ts` too. */
export const binaryLevels: Readonly<Record<string, number>> = { '|': 9, '^': 10, '&': 11, '<<': 12, '>>': 12, '+': 13, '-': 13, '*': 14, '@': 14, '/': 14, '%': 14, '//': 14, '**': 16 };
