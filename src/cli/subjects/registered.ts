import { UsageError } from '../../model/index.ts'
import { didYouMean } from '../../model/nearest.ts'
import { registry } from '../../protocols/index.ts'
import { within } from './load-registered.ts'
import type { Resolved } from './resolved.ts'

/** Every name that can be given as a subject: protocols, variants, named settings. */
export function subjectNames(): string[] {
  return registry.flatMap(({ protocol, variants, properties }) => [
    protocol.subject,
    ...variants.map((variant) => variant.subject),
    ...(properties.settings ?? []).map(({ name }) => `${protocol.subject}/${name}`),
  ])
}

/**
 * What a registered name stands for, with all protocols loaded.
 * @throws UsageError with the names that are near to one that does not exist
 */
export function registered(asked: string): Resolved {
  const subject = registry.find(({ protocol }) => protocol.definition.name === asked.split('/')[0])
  const found = subject && within(subject, asked)
  if (found) return found
  throw new UsageError(
    `there is no protocol called ${asked}`,
    didYouMean(asked, subjectNames(), '`turncoat list` shows all of them; a file needs its ending, .ts or .js'),
  )
}
