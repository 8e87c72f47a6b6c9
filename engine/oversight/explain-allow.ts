/** Says in words whom a rule allows, for refusals and for screens. It decides nothing. */
import type { Allow, Selector } from '../../schemas/process-definition.ts';

/** Words that fit into a sentence, such as "role personnel-officer in the initiator's unit". */
export function explainAllow(allow: Allow | undefined): string {
  if (allow === undefined) return 'nobody';
  const selectors = Array.isArray(allow) ? allow : [allow];
  return selectors.map(explainSelector).join(', or ');
}

function explainSelector(selector: Selector): string {
  const who = [
    ...(selector.initiator === undefined ? [] : ['whoever started the instance']),
    ...named('role', selector.role),
    ...named('position', selector.position),
    ...(selector.body === undefined ? [] : [`a seat in ${anyOf(selector.body)}`]),
    ...(selector.principal === undefined ? [] : [anyOf(selector.principal)]),
  ].join(' with ');
  const where =
    selector.unit === undefined
      ? ''
      : ` in ${explainUnit(selector.unit)}${selector.subunits === true ? ' or beneath it' : ''}`;
  const condition = selector.expression === undefined ? '' : ` where ${selector.expression}`;
  return `${who === '' ? 'anyone' : who}${where}${condition}`;
}

function explainUnit(unit: string): string {
  if (unit.startsWith('unit:')) return unit;
  return unit === 'initiator.unit' ? "the initiator's unit" : `the unit that ${unit} gives`;
}

function named(what: string, names: string | readonly string[] | undefined): string[] {
  return names === undefined ? [] : [`${what} ${anyOf(names)}`];
}

function anyOf(names: string | readonly string[]): string {
  return typeof names === 'string' ? names : names.join(' or ');
}
