import type { Protocol, Subject } from '../model/index.ts'
import { type Paint, plain } from './paint.ts'
import { table } from './table.ts'

/** A name with the sentence that says what it is. */
export interface Named {
  readonly name: string
  readonly about: string
}

/** All that can be named on the command line. */
export interface Listed {
  readonly subjects: readonly Subject[]
  readonly strategies: readonly Named[]
  readonly schedulers: readonly Named[]
}

/** A variant's own words, where its sentence begins with that of the protocol it changes. */
export function ownWords(variant: Protocol, { about }: Protocol): string {
  return variant.about.startsWith(about) ? variant.about.slice(about.length).trim() : variant.about
}

/** The lines that `list` prints. */
export function listText({ subjects, strategies, schedulers }: Listed, paint: Paint = plain): string[] {
  const lines: string[] = []
  for (const { protocol, variants, properties } of subjects) {
    lines.push(`${paint.bold(protocol.subject)}  ${protocol.about}`)
    const rows = [
      ...variants.map((variant) => ['variant', variant.subject, ownWords(variant, protocol)]),
      ...(properties.settings ?? []).map(({ name, about }) => ['setting', `${protocol.subject}/${name}`, about]),
      ...properties.claims.map(({ name, kind, about }) => [kind === 'sometimes' ? 'guard' : 'claim', name, about]),
    ]
    lines.push(...table(rows, '  '), '')
  }
  const section = (title: string, named: readonly Named[]): string[] =>
    named.length > 0
      ? [
          paint.bold(title),
          ...table(
            named.map(({ name, about }) => [name, about]),
            '  ',
          ),
          '',
        ]
      : []
  lines.push(...section('strategies', strategies), ...section('schedulers', schedulers))
  return lines.slice(0, -1)
}

/** The registry as data: what `list --json` prints. */
export function listJson({ subjects, strategies, schedulers }: Listed): object {
  return {
    command: 'list',
    protocols: subjects.map(({ protocol, variants, properties }) => ({
      name: protocol.subject,
      about: protocol.about,
      variants: variants.map((variant) => ({ name: variant.subject, about: ownWords(variant, protocol) })),
      settings: (properties.settings ?? []).map(({ name, about, configuration }) => ({
        name: `${protocol.subject}/${name}`,
        about,
        configuration,
      })),
      claims: properties.claims.map(({ name, kind, about, promised }) => ({ name, kind, about, promised })),
      bounds: protocol.definition.defaults(4).bounds,
    })),
    strategies: strategies.map(({ name, about }) => ({ name, about })),
    schedulers: schedulers.map(({ name, about }) => ({ name, about })),
  }
}
