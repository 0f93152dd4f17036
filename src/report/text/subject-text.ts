import type { Universe } from '../../adversary/universe.ts'
import type { Program, Subject } from '../../model/index.ts'
import { changeOf } from './list-text.ts'
import { thousands } from './numbers.ts'
import { type Paint, plain } from './paint.ts'
import { aroundText, inputsText, whoText } from './setting-text.ts'
import { table, wrapped } from './table.ts'
import { messageText, valueText } from './value.ts'

/** What can be said about one protocol in one setting. */
export interface SubjectFacts {
  readonly subject: Subject
  readonly program: Program
  /** Everything that the coalition may ever say, as `show SUBJECT --universe` prints it. */
  readonly universe?: Pick<Universe, 'messages' | 'closed' | 'extent'>
}

/** The named rules with their values in this setting; functions have no value to print. */
function ruleRows(program: Program): string[][] {
  return Object.entries(program.rules).map(([name, value]) => [
    name,
    typeof value === 'function' ? '(a function)' : valueText(value),
  ])
}

function handled(program: Program): string[][] {
  const { proofs } = program.protocol.definition
  const rows = (part: Program['replica'] | undefined, role: string): string[][] =>
    [...(part?.byType ?? [])].map(([type, rules]) => [
      type,
      role,
      rules.map(({ name }) => name).join(', '),
      proofs && Object.hasOwn(proofs, type) ? 'needs a proof' : '',
    ])
  return [...rows(program.replica, 'replica'), ...rows(program.client, 'client')]
}

function variantRows(subject: Subject): string[][] {
  return subject.variants.map((variant) => [variant.subject, changeOf(variant, subject)])
}

function universeText({ messages, closed, extent }: NonNullable<SubjectFacts['universe']>, paint: Paint): string[] {
  const lines: string[] = []
  for (const type of new Set(messages.map((message) => message.type))) {
    const those = messages.filter((message) => message.type === type)
    const how = extent.get(type)
    lines.push(paint.bold(`${type}: ${thousands(those.length)}${how ? `, ${how}` : ''}`))
    lines.push(...those.map((message) => `  ${messageText(message)}`))
  }
  const total = thousands(messages.length)
  const end = closed
    ? `Byzantine replicas may send any of these ${total} messages, to anyone at any time, where their proofs hold.`
    : `There are more than these ${total} messages: the search for them was stopped. A run adds the messages that it meets.`
  return [...lines, '', end]
}

/** The lines that `show SUBJECT` prints. */
export function subjectText({ subject, program, universe }: SubjectFacts, paint: Paint = plain): string[] {
  const { setting, protocol } = program
  const head = [
    paint.bold(protocol.subject),
    ...wrapped(protocol.about),
    '',
    whoText(setting),
    aroundText(setting),
    inputsText(setting),
    '',
  ]
  if (universe) return [...head, ...universeText(universe, paint)]
  const section = (title: string, rows: readonly (readonly string[])[]): string[] =>
    rows.length > 0 ? [paint.bold(title), ...table(rows, '  '), ''] : []
  const lines = [
    ...head,
    ...section('rules in this setting', ruleRows(program)),
    ...section('messages', handled(program)),
    ...section(
      'claims',
      subject.properties.claims.map(({ name, kind, about, promised }) => [name, kind, `${about} (${promised})`]),
    ),
    ...section(
      'bounds',
      Object.entries(setting.bounds).map(([name, value]) => [name, String(value)]),
    ),
    ...section('variants', variantRows(subject)),
    ...section(
      'named settings',
      (subject.properties.settings ?? []).map(({ name, about }) => [name, about]),
    ),
  ]
  return lines.slice(0, -1)
}

/** The object that `show SUBJECT --json` prints. */
export function subjectJson({ subject, program, universe }: SubjectFacts): object {
  const { setting, protocol, rules } = program
  return {
    command: 'show',
    protocol: protocol.definition.name,
    variant: protocol.variantName ?? null,
    about: protocol.about,
    setting,
    bounds: setting.bounds,
    rules: Object.fromEntries(Object.entries(rules).filter(([, value]) => typeof value !== 'function')),
    messages: handled(program).map(([type, role, names]) => ({ type, role, rules: names!.split(', ') })),
    claims: subject.properties.claims.map(({ name, kind, about, promised }) => ({ name, kind, about, promised })),
    variants: subject.variants.map((variant) => variant.subject),
    ...(universe
      ? {
          universe: {
            closed: universe.closed,
            extent: Object.fromEntries(universe.extent),
            messages: universe.messages,
          },
        }
      : {}),
  }
}
