/** Random small definitions for property tests: statecharts of every kind, with proposals and gates in them. */
import fc from 'fast-check';

type Tree = { readonly [name: string]: unknown };

interface Shape {
  readonly kind: 'plain' | 'propose' | 'gate' | 'final' | 'compound' | 'parallel';
  /** What of the newer language it uses; none where everything is to run. */
  readonly work: readonly number[];
  readonly meaning: string;
  readonly success: boolean;
  readonly targets: readonly number[];
  readonly picks: readonly number[];
  readonly history: 'shallow' | 'deep' | null;
  readonly children: readonly Shape[];
}

function shape(depth: number, works: boolean): fc.Arbitrary<Shape> {
  const kinds = ['plain', 'plain', 'propose', 'gate', 'gate', 'final'] as const;
  return fc.record({
    kind: depth > 0 ? fc.constantFrom(...kinds, 'compound', 'parallel') : fc.constantFrom(...kinds),
    meaning: fc.constantFrom('consider', 'appraise', 'approve', 'approve'),
    success: fc.boolean(),
    targets: fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 }),
    picks: fc.array(fc.nat(1000), { minLength: 11, maxLength: 11 }),
    history: fc.constantFrom(null, null, 'shallow', 'deep'),
    children: depth > 0 ? fc.array(shape(depth - 1, works), { minLength: 2, maxLength: 3 }) : fc.constant([]),
    work: works ? fc.array(fc.nat(1000), { minLength: 7, maxLength: 7 }) : fc.constant([]),
  });
}

/** A definition as JSON text, which is YAML too. Every target exists; whether its oversight holds is open. */
export const randomDefinition: fc.Arbitrary<string> = definitions(false);

/** The same, with tasks, messages, document actions, overdue gates and operators in it. */
export const randomWorkDefinition: fc.Arbitrary<string> = definitions(true);

function definitions(works: boolean): fc.Arbitrary<string> {
  return fc
    .record({
      importance: fc.constantFrom('ordinary', 'important'),
      acts: fc.constantFrom(undefined, ['appraise'], ['consider', 'approve']),
      root: fc.array(shape(2, works), { minLength: 3, maxLength: 5 }),
      inherited: fc.option(fc.nat(1000)),
    })
    .map(({ importance, acts, root, inherited }) => {
      const ids: string[] = [];
      // Without a state that asks, no expression may name the proposal.
      const [first, ...others] = root;
      const shapes =
        first === undefined ? [] : [first, { ...first, kind: 'propose' as const, history: null }, ...others];
      const named = shapes.map((child, index) => name(child, `s${index}`, ids));
      const target = (number: number) => `#${ids[number % ids.length]}`;
      const states = Object.fromEntries(named.map((child) => [child.id, build(child, target)]));
      return JSON.stringify({
        id: 'random',
        version: '1.0.0',
        title: { vi: 'X', en: 'X' },
        owner: 'unit:x',
        responsible: { role: 'x' },
        securityLevel: 1,
        classification: 'normal',
        decisions: { choice: { importance, ...(acts === undefined ? {} : { acts }) } },
        context: {
          type: 'object',
          properties: {
            note: { type: 'string' },
            set: { type: 'boolean' },
            choice: { type: 'object', decision: 'choice' },
          },
        },
        ...(works ? { messages: { news: { keys: { all: "'all'" }, timeToLive: 'P1D' } } } : {}),
        start: { allow: { role: 'x' } },
        initial: named[0]?.id,
        ...(inherited === null ? {} : { on: { jump: { target: target(inherited), allow: { role: 'x' } } } }),
        states,
      });
    });
}

interface Named extends Shape {
  readonly id: string;
  readonly named: readonly Named[];
}

function name(child: Shape, id: string, ids: string[]): Named {
  ids.push(id);
  // A region is a compound state, whatever was drawn for it.
  const children = child.kind === 'parallel' ? child.children.map(asRegion) : child.children;
  const inner = child.kind === 'compound' || child.kind === 'parallel' ? children : [];
  const named = inner.map((one, index) => name(one, `${id}_${index}`, ids));
  // A history state beside regions is refused.
  const history = child.kind === 'parallel' ? null : child.history;
  if (inner.length > 0 && history !== null) ids.push(`${id}_h`);
  return { ...child, history, id, named };
}

function asRegion(child: Shape): Shape {
  if (child.kind === 'compound' || child.kind === 'parallel') return child;
  const leaf = (kind: Shape['kind'], from: Shape): Shape => ({ ...from, kind, children: [], history: null });
  return {
    ...child,
    kind: 'compound',
    children: [leaf(child.kind === 'final' ? 'plain' : child.kind, child), leaf('final', child)],
  };
}

function build(child: Named, target: (number: number) => string): Tree {
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0] = child.targets;
  const allow = { role: 'x' };
  const chance = (index: number, ofTen: number) => (child.picks[index] ?? 0) % 10 < ofTen;
  const works = (index: number, ofTen: number) => (child.work[index] ?? 999) % 10 < ofTen;
  const numbering = { 'document.number': {} };
  const extras = {
    id: child.id,
    ...(chance(0, 1)
      ? { entry: { assign: { choice: 'proposal.choice' } } }
      : works(0, 1)
        ? { entry: { send: { message: 'news' } } }
        : {}),
    ...(chance(1, 1)
      ? { exit: { assign: { choice: 'proposal.choice' } } }
      : works(1, 1)
        ? { exit: numbering }
        : {}),
    ...(works(2, 2)
      ? { operator: { allow, ...(works(3, 5) ? { skip: target(fifth) } : { repair: [target(sixth)] }) } }
      : {}),
    ...(chance(2, 2)
      ? { after: { PT1M: { target: target(fifth), ...(chance(3, 3) ? { reenter: true } : {}) } } }
      : {}),
  };
  const assign = { assign: { choice: 'proposal.choice' } };
  const noting = { assign: { set: 'true' } };
  const taking = works(4, 2) ? { news: target(fourth) } : works(4, 3) ? { news: null } : {};
  switch (child.kind) {
    case 'final':
      return { id: child.id, type: 'final', ...(child.success ? {} : { output: { result: "'rejected'" } }) };
    case 'propose':
      return {
        ...extras,
        propose: {
          decision: 'choice',
          agent: allow,
          timeout: 'PT1M',
          output: { type: 'object', properties: {} },
        },
        // With a guard alone, a proposal may come and lead nowhere.
        onDone: chance(8, 2)
          ? { target: target(first), guard: 'has(context.set) && context.set' }
          : target(first),
        onError: target(second),
        ...(chance(4, 3) ? { on: { go: { target: target(third), allow } } } : {}),
      };
    case 'gate':
      return {
        ...extras,
        gate: {
          binds: 'choice',
          meaning: child.meaning,
          reviewers: allow,
          ...(works(5, 3) ? { due: 'P1D', onOverdue: { target: target(third) } } : {}),
        },
        on: {
          ...taking,
          approved: {
            target: target(first),
            ...(chance(5, 5) ? assign : {}),
            ...(works(6, 2) ? { actions: numbering } : {}),
          },
          rejected: target(second),
          ...(chance(4, 3) ? { go: { target: target(third), allow } } : {}),
          ...(chance(6, 1) ? { jump: null } : {}),
        },
      };
    case 'plain':
      if (works(5, 2)) {
        return {
          ...extras,
          invoke: { task: 'document.verify', timeout: 'PT1M' },
          onDone: { target: target(first), ...(works(6, 2) ? { actions: numbering } : {}) },
          onError: target(second),
        };
      }
      return {
        ...extras,
        on: {
          ...taking,
          go: { target: target(first), allow, ...(chance(5, 1) ? assign : noting) },
          ...(chance(4, 5) ? { back: { target: target(second), allow } } : {}),
          ...(chance(6, 2) ? { jump: null } : {}),
          ...(chance(9, 1) ? { '*': { target: target(third), allow } } : {}),
          ...(chance(10, 1) ? { '*': null } : {}),
        },
        ...(chance(7, 2)
          ? {
              always: {
                target: target(sixth),
                guard: 'has(context.set) && context.set',
                assign: { set: 'false' },
              },
            }
          : {}),
      };
    default: {
      const inner = Object.fromEntries(child.named.map((one) => [one.id, build(one, target)]));
      const history =
        child.history === null
          ? {}
          : { [`${child.id}_h`]: { id: `${child.id}_h`, type: 'history', history: child.history } };
      return {
        ...extras,
        ...(child.kind === 'parallel' ? { type: 'parallel' } : { initial: child.named[0]?.id }),
        states: { ...inner, ...history },
        onDone: target(fourth),
        ...(chance(4, 3) ? { on: { go: { target: target(third), allow } } } : {}),
      };
    }
  }
}
