import type { Configuration, Protocol, Subject } from '../../model/index.ts'

/** What a name or path on the command line stands for. */
export interface Resolved {
  /** The protocol or variant that was named. */
  readonly protocol: Protocol
  readonly subject: Subject
  /** What a named setting, or the user's file, says before any flag. */
  readonly configuration: Configuration
  /** By this name workers and traces find the protocol again: a registered name, or an absolute path. */
  readonly found: string
  /** What the user wrote. */
  readonly asked: string
  /** The user's file as it was written, where the subject comes from one. */
  readonly file?: string
}
