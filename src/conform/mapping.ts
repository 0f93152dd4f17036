import type { AnyMessage, Json } from '../model/index.ts'

/** Translates messages, outputs and states of a program into those of the model. Default: as it is. */
export interface Mapping {
  /** A message of the program as the model says it. */
  readonly message?: (message: any) => AnyMessage
  /** A message of the model as the program reads it. Needed where `message` is given. */
  readonly back?: (message: any) => AnyMessage
  /** A state of the program as the model has it; undefined where that cannot be told. It is not compared then. */
  readonly state?: (state: any) => Json | undefined
  /** An output of the program as the model puts it out. */
  readonly output?: (output: any) => Json
}
