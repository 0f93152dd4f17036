import { HarnessError, type Protocol, type Subject } from '../model/index.ts'
import { registry } from '../protocols/index.ts'

/** The registered protocol or variant of this name: `pbft`, `pbft/commit-2f`. */
export function studied(name: string): { readonly protocol: Protocol; readonly subject: Subject } {
  for (const subject of registry) {
    const protocol = [subject.protocol, ...subject.variants].find((one) => one.subject === name)
    if (protocol) return { protocol, subject }
  }
  throw new HarnessError(`a study is about ${name}, which is not registered`)
}
