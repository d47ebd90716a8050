import type { Fields } from './columns.ts'

const shared: Fields = {
  owner: {
    about: "its owner's name or e-mail address",
    also: ['account owner', 'contact owner', 'owner name', 'sales_agent', 'assignee', 'responsible'],
  },
  owner_email: { about: "its owner's e-mail address", also: [] },
  emails: {
    about: 'an e-mail address, or a JSON array of them with labels',
    also: ['email', 'e-mail', 'email address', 'work email'],
  },
  phones: {
    about: 'a telephone number, or a JSON array of them with labels',
    also: ['phone', 'telephone', 'phone number', 'mobile', 'work phone'],
  },
  street: { about: 'street and number', also: ['address', 'address line 1', 'street address'] },
  postal_code: { about: 'postal code', also: ['zip', 'zip code', 'postcode'] },
  city: { about: 'city', also: ['town'] },
  state: { about: 'state or region', also: ['region', 'province'] },
  country: { about: 'country', also: ['office_location', 'location'] },
  tags: { about: 'a list with commas, or a JSON array', also: ['labels', 'label'] },
  created_at: { about: 'when it was created', also: ['created', 'create date', 'created date', 'add time', 'created on'] },
  extras: { about: 'what single dialects know of it, as JSON by dialect', also: [] },
}

/** What a column of companies can be, in the order of an export. */
export const companyFields: Fields = {
  name: {
    about: 'what the company is called; a second run finds it by this',
    also: ['company', 'account', 'organization', 'organisation', 'account name', 'company name'],
  },
  ...shared,
}

/** What a column of contacts can be, in the order of an export. */
export const contactFields: Fields = {
  name: { about: 'the full name; or its two parts', also: ['contact', 'person', 'full name', 'contact name'] },
  first_name: { about: 'first name', also: ['given name'] },
  last_name: { about: 'last name', also: ['surname', 'family name'] },
  company: { about: 'name of the company', also: ['account', 'organization', 'organisation', 'account name', 'company name'] },
  ...shared,
}
