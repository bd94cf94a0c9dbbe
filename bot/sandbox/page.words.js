/** The page's own words in English and French, and times of day as each language writes them. */

export const WORDS = {
  en: {
    title: "{bot}: sandbox",
    tagline: "A rehearsal on this computer: the people are made up and nothing leaves it.",
    skip_customers: "Skip to the customers",
    skip_staff: "Skip to the staff group",
    language: "Language of this page",
    panes: "Parts of the page",
    live: "Live",
    lost: "Connection lost, trying again…",
    customers: "Customers",
    customers_hint: "Be the customer: write on any phone.",
    customers_list: "Whose phones are shown",
    new_customer: "New customer",
    no_customers: "No customer yet. Add one to start a conversation.",
    unread: "{count} unread",
    staff: "Staff group",
    staff_hint: "Be the team: pick up a case.",
    staff_group: "Group",
    i_am: "I am",
    topics: "Topics",
    general: "General",
    in_private: "{bot}, in private",
    closed: "closed",
    new_messages: "new messages",
    no_group: "The bot has no staff group yet.",
    no_agents: "Nobody is in the group yet.",
    no_topics: "Cases appear here, one topic each, when a customer needs a person.",
    empty_private: "No message yet.",
    empty_topic: "No message in this topic yet.",
    start: "Start",
    chat_of: "Chat of {name} with {bot}",
    phone_of: "{name}'s phone",
    chat_in: "Messages in {topic}",
    write_to_bot: "Write to {bot}",
    write_as: "Write as {name}",
    placeholder: "Message",
    staff_note: "Begin with // for a note that only colleagues see.",
    send: "Send",
    save: "Save the edit",
    attach: "Attach a photo",
    photo_ready: "Photo ready: {name}",
    photo_too_big: "This photo is over 10 MB, more than a bot may receive.",
    remove: "Remove",
    replying: "Reply to {name}",
    editing: "Edit the message",
    cancel: "Cancel",
    try: "Try",
    suggestions: "Suggestions of what to write",
    typing: "{name} is typing",
    edited: "edited",
    deleted: "Message deleted",
    deleted_by_customer: "Deleted here. Telegram does not tell the bot.",
    actions: "Actions",
    reply: "Reply",
    react: "React with {emoji}",
    unreact: "Take back {emoji}",
    reaction_count: "{emoji} from {count}",
    edit: "Edit",
    delete: "Delete",
    phone_menu: "Menu of {name}'s phone",
    block: "Block the bot",
    unblock: "Unblock the bot",
    blocked: "{name} has blocked the bot.",
    topic_menu: "Menu of the topic {name}",
    close_topic: "Close the topic",
    reopen_topic: "Reopen the topic",
    delete_topic: "Delete the topic",
    topic_is_closed: "This topic is closed: only an administrator can write in it.",
    to_the_end: "New messages below",
    earlier: "Only the last {count} messages are shown.",
    name: "First name",
    language_of_customer: "Language of their phone",
    add: "Add",
    ok: "OK",
    dismiss: "Dismiss",
    failed: "The sandbox did not answer. Is it still running?",
    you: "You",
    somebody: "Somebody",
    forwarded: "Forwarded from {name}",
    photo: "Photo from {name}",
    video: "Video",
    voice: "Voice message",
    audio: "Audio",
    file: "File",
    sticker: "Sticker",
    location: "Location: {place}",
    contact: "Contact: {name}",
    poll: "Poll: {question}",
    unknown_content: "Something this page cannot show",
    topic_created: "Topic opened: {name}",
    topic_closed: "Topic closed",
    topic_reopened: "Topic reopened",
    topic_renamed: "Topic renamed: {name}",
    joined: "{name} joined the group",
    left: "{name} left the group",
    pinned: "A message was pinned",
    migrated: "The group was upgraded to a supergroup",
    answer_from_bot: "From {bot}",
  },
  fr: {
    title: "{bot} : bac à sable",
    tagline: "Une répétition sur cet ordinateur : les gens sont fictifs et rien n’en sort.",
    skip_customers: "Aller aux clients",
    skip_staff: "Aller au groupe de l’équipe",
    language: "Langue de cette page",
    panes: "Parties de la page",
    live: "En direct",
    lost: "Connexion perdue, nouvel essai…",
    customers: "Clients",
    customers_hint: "Soyez le client : écrivez sur un téléphone.",
    customers_list: "Les téléphones affichés",
    new_customer: "Nouveau client",
    no_customers: "Aucun client pour le moment. Ajoutez-en un pour lancer une conversation.",
    unread: "{count} à lire",
    staff: "Groupe de l’équipe",
    staff_hint: "Soyez l’équipe : prenez un cas.",
    staff_group: "Groupe",
    i_am: "Je suis",
    topics: "Sujets",
    general: "Général",
    in_private: "{bot}, en privé",
    closed: "fermé",
    new_messages: "nouveaux messages",
    no_group: "Le robot n’a pas encore de groupe d’équipe.",
    no_agents: "Personne n’est encore dans le groupe.",
    no_topics: "Les cas arrivent ici, un sujet chacun, quand un client a besoin d’une personne.",
    empty_private: "Aucun message pour le moment.",
    empty_topic: "Aucun message dans ce sujet pour le moment.",
    start: "Démarrer",
    chat_of: "Conversation de {name} avec {bot}",
    phone_of: "Téléphone de {name}",
    chat_in: "Messages du sujet {topic}",
    write_to_bot: "Écrire à {bot}",
    write_as: "Écrire au nom de {name}",
    placeholder: "Message",
    staff_note: "Commencez par // pour une note que seuls les collègues voient.",
    send: "Envoyer",
    save: "Enregistrer la modification",
    attach: "Joindre une photo",
    photo_ready: "Photo prête : {name}",
    photo_too_big: "Cette photo dépasse 10 Mo, plus qu’un robot ne peut recevoir.",
    remove: "Retirer",
    replying: "Répondre à {name}",
    editing: "Modifier le message",
    cancel: "Annuler",
    try: "Essayez",
    suggestions: "Suggestions de choses à écrire",
    typing: "{name} écrit",
    edited: "modifié",
    deleted: "Message supprimé",
    deleted_by_customer: "Supprimé ici. Telegram ne le dit pas au robot.",
    actions: "Actions",
    reply: "Répondre",
    react: "Réagir avec {emoji}",
    unreact: "Retirer {emoji}",
    reaction_count: "{emoji} de {count}",
    edit: "Modifier",
    delete: "Supprimer",
    phone_menu: "Menu du téléphone de {name}",
    block: "Bloquer le robot",
    unblock: "Débloquer le robot",
    blocked: "{name} a bloqué le robot.",
    topic_menu: "Menu du sujet {name}",
    close_topic: "Fermer le sujet",
    reopen_topic: "Rouvrir le sujet",
    delete_topic: "Supprimer le sujet",
    topic_is_closed: "Ce sujet est fermé : seul un administrateur peut y écrire.",
    to_the_end: "Nouveaux messages plus bas",
    earlier: "Seuls les {count} derniers messages sont affichés.",
    name: "Prénom",
    language_of_customer: "Langue de son téléphone",
    add: "Ajouter",
    ok: "OK",
    dismiss: "Fermer",
    failed: "Le bac à sable n’a pas répondu. Fonctionne-t-il encore?",
    you: "Vous",
    somebody: "Quelqu’un",
    forwarded: "Transféré de {name}",
    photo: "Photo de {name}",
    video: "Vidéo",
    voice: "Message vocal",
    audio: "Audio",
    file: "Fichier",
    sticker: "Autocollant",
    location: "Lieu : {place}",
    contact: "Contact : {name}",
    poll: "Sondage : {question}",
    unknown_content: "Un contenu que cette page ne sait pas montrer",
    topic_created: "Sujet ouvert : {name}",
    topic_closed: "Sujet fermé",
    topic_reopened: "Sujet rouvert",
    topic_renamed: "Sujet renommé : {name}",
    joined: "{name} a rejoint le groupe",
    left: "{name} a quitté le groupe",
    pinned: "Un message a été épinglé",
    migrated: "Le groupe est devenu un supergroupe",
    answer_from_bot: "De {bot}",
  },
};

const DAY_MS = 24 * 60 * 60 * 1000;
/** Before such a name, French says d’ (no English word here ends in “de”). Before h it may. */
const ELIDES = /^([aeiouàâäáéèêëíîïóôöúùûüœæ]|y[^aeiou])/i;
const REMEMBERED = "sandbox.language";

/** The language of the page: remembered, else the browser's, else English. */
export class Words {
  constructor() {
    this.language = remembered() ?? (navigator.language.startsWith("fr") ? "fr" : "en");
  }

  use(language) {
    this.language = language;
    try {
      localStorage.setItem(REMEMBERED, language);
    } catch {
      // Storage may be refused; the choice then lasts as long as the page.
    }
  }

  say(key, values = {}) {
    const fill = (_, of, name) => {
      const value = String(values[name] ?? "");
      return of && ELIDES.test(value) ? `${of[0]}’${value}` : `${of ?? ""}${value}`;
    };
    return this.#phrase(key).replace(/(\b[Dd]e )?\{(\w+)\}/g, fill);
  }

  /** In French, no line breaks inside « » nor before a colon. */
  #phrase(key) {
    const phrase = WORDS[this.language][key];
    return this.language === "fr" ? phrase.replace(/ (?=[:»%$])|(?<=«) /g, "\u00a0") : phrase;
  }

  /** The time of day; with the weekday, or from a week on the date, when it is not of today. */
  time(unixSeconds) {
    const [then, today] = [new Date(unixSeconds * 1000), new Date()];
    const locale = this.language === "fr" ? "fr-CA" : "en-CA";
    const time = then.toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });
    const days = (today.setHours(0, 0, 0, 0) - new Date(then).setHours(0, 0, 0, 0)) / DAY_MS;
    if (Math.round(days) === 0) return time;
    const day = Math.round(days) < 7 ? { weekday: "short" } : { day: "numeric", month: "short" };
    return `${then.toLocaleDateString(locale, day)} ${time}`;
  }
}

function remembered() {
  try {
    const language = localStorage.getItem(REMEMBERED);
    return language in WORDS ? language : null;
  } catch {
    return null;
  }
}
