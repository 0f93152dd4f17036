import type { Protocol, Subject } from '../../model/index.ts'
import { type Paint, plain } from './paint.ts'
import { table } from './table.ts'

/** A name with the sentence that says what it is. */
export interface NameWithSentence {
  readonly name: string
  readonly about: string
}

/** All that can be named on the command line. */
export interface Listed {
  readonly subjects: readonly Subject[]
  /** The file that the only one of them is in: commands find its variants behind it. */
  readonly file?: string
  readonly strategies: readonly NameWithSentence[]
  readonly schedulers: readonly NameWithSentence[]
}

/** What a variant changes, in one sentence. */
export function changeOf(variant: Protocol, { protocol: { about }, properties }: Subject): string {
  const declared = properties.variants?.[variant.variantName ?? '']
  return declared ?? (variant.about.startsWith(about) ? variant.about.slice(about.length).trim() : variant.about)
}

/** The lines that `list` prints. */
export function listText({ subjects, file, strategies, schedulers }: Listed, paint: Paint = plain): string[] {
  const lines: string[] = []
  for (const subject of subjects) {
    const { protocol, variants, properties } = subject
    const named = ({ subject, variantName }: Protocol): string =>
      file ? [file, variantName].filter(Boolean).join('/') : subject
    lines.push(`${paint.bold(named(protocol))}  ${protocol.about}`)
    const rows = [
      ...variants.map((variant) => ['variant', named(variant), changeOf(variant, subject)]),
      ...(properties.settings ?? []).map(({ name, about }) => ['setting', `${protocol.subject}/${name}`, about]),
      ...properties.claims.map(({ name, kind, about }) => [kind === 'sometimes' ? 'guard' : 'claim', name, about]),
    ]
    lines.push(...table(rows, '  '), '')
  }
  const section = (title: string, named: readonly NameWithSentence[]): string[] =>
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
    protocols: subjects.map(subjectJson),
    strategies: strategies.map(({ name, about }) => ({ name, about })),
    schedulers: schedulers.map(({ name, about }) => ({ name, about })),
  }
}

function subjectJson(subject: Subject): object {
  const { protocol, variants, properties } = subject
  return {
    name: protocol.subject,
    about: protocol.about,
    variants: variants.map((variant) => ({ name: variant.subject, about: changeOf(variant, subject) })),
    settings: (properties.settings ?? []).map(({ name, about, configuration }) => ({
      name: `${protocol.subject}/${name}`,
      about,
      configuration,
    })),
    claims: properties.claims.map(({ name, kind, about, promised }) => ({ name, kind, about, promised })),
    bounds: protocol.definition.defaults(4).bounds,
  }
}
