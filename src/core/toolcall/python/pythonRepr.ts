import type { PythonConstant } from './pythonTree.ts';

/** A float as Python prints it: `1000.0`, `1e+16`, `1e-05`; infinity as `inf`. */
export function floatRepr(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', exponentText = '0'] = Math.abs(value).toExponential().split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace('.', '');
  if (exponent < -4 || exponent >= 16) {
    const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
    return `${sign}${digits[0] ?? '0'}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${power}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** A text as Python prints it: single quotes unless only these stand in it, what cannot be printed escaped. */
export function stringRepr(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  let text = quote;
  for (const character of value) {
    if (character === quote || character === '\\') text += `\\${character}`;
    else if (character === '\n') text += '\\n';
    else if (character === '\r') text += '\\r';
    else if (character === '\t') text += '\\t';
    else if (character !== ' ' && /[\p{C}\p{Z}]/u.test(character)) text += escaped(character.codePointAt(0) ?? 0);
    else text += character;
  }
  return text + quote;
}

function escaped(code: number): string {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function bytesRepr(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  let text = '';
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i) & 0xff;
    if (code < 0x7f && code >= 0x20) text += stringRepr(String.fromCharCode(code) + (quote === '"' ? "'" : '')).slice(1, quote === '"' ? -2 : -1);
    else text += code === 0x0a ? '\\n' : code === 0x0d ? '\\r' : code === 0x09 ? '\\t' : escaped(code);
  }
  return `b${quote}${text}${quote}`;
}

export function constantRepr(constant: PythonConstant): string {
  switch (constant.type) {
    case 'str':
      return stringRepr(constant.value);
    case 'bytes':
      return bytesRepr(constant.value);
    case 'int':
      return constant.value.toString();
    case 'float':
      return floatRepr(constant.value);
    case 'complex':
      if (constant.value < 0 || Object.is(constant.value, -0)) return `(-0${floatRepr(constant.value).replace(/\.0$/, '')}j)`;
      return `${floatRepr(constant.value).replace(/\.0$/, '')}j`;
    case 'bool':
      return constant.value ? 'True' : 'False';
    case 'none':
      return 'None';
    case 'ellipsis':
      return 'Ellipsis';
  }
}
