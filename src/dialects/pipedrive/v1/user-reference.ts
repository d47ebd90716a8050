import type { Member } from '../../../domain/user.ts'

/** A user as `related_objects` show them. Nobody has a picture here. */
export const writeUserObject = (user: Member) => ({
  id: user.id,
  name: user.name,
  email: user.email,
  has_pic: 0,
  pic_hash: null,
  active_flag: user.isActive,
})

/** A user as a field of another record: as in `related_objects`, with the id a second time. */
export const writeUserReference = (user: Member | undefined) => (user ? { ...writeUserObject(user), value: user.id } : null)
