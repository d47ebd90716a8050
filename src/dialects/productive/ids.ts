/**
 * Productive's people are users and contacts in one list; ours are numbered apart. A user keeps their number as a person, a
 * contact's is lifted over all of theirs, so that neither can be taken for the other.
 */
const contactsFrom = 1_000_000_000

/** A contact's number among the people. */
export const personOfContact = (contactId: number): number => contactsFrom + contactId

/** Whose number among the people it is. */
export const decodePerson = (id: number): { userId: number } | { contactId: number } =>
  id > contactsFrom ? { contactId: id - contactsFrom } : { userId: id }

/** The user that a person is. A contact's number is that of a user whom nobody knows. */
export const userOfPerson = (id: number): number => id

/** The contact that a person is. A user's number is that of a contact whom nobody knows. */
export const contactOfPerson = (id: number): number => {
  const person = decodePerson(id)
  return 'contactId' in person ? person.contactId : Number.NaN
}
