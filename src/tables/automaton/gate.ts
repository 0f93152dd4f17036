/** Asked about what would follow from a message that is sent: does it follow now? */
export interface Gate {
  /** @param index a message of the coalition that can be proved */
  isProved(index: number): boolean
  /** @param atom of the machine of participant number `p` */
  isTrue(p: number, atom: number): boolean
}
