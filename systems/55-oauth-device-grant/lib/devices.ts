/** Kinds of devices that may ask. Each is an app client of its own, so that one cannot take up what another asked for. */
export interface DeviceKind {
  readonly id: string
  /** As people read it on the page where they decide. */
  readonly title: string
}

export const television: DeviceKind = { id: 'Television', title: 'Starlight TV' }
export const printer: DeviceKind = { id: 'Printer', title: 'Starlight Printer' }

export const devices: readonly DeviceKind[] = [television, printer]
