"""B1xx: files, tables and their form. B2xx: keys, values, overrides."""

from __future__ import annotations

from basketplan.programme.codes.rule import Rule

__all__ = ["FILES", "OVERRIDES", "TABLES", "VALUES"]

FILES = (
    Rule(
        "B101",
        "a file cannot be read",
        "There is no such file, it is a folder or a device, or its rights forbid reading.",
        "check the path, which is told from the folder of `programme.yaml`, and the file's rights.",
        "households: houshold.csv   # there is only households.csv",
    ),
    Rule(
        "B102",
        "a file is too large or too deep",
        "The file, its nesting, its columns or what its aliases or archive unfold to exceed what a programme can be.",
        "split the file, keep households in a CSV file, and write aliases out.",
        "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]   # and so on",
    ),
    Rule(
        "B103",
        "a file is not UTF-8 text",
        "The file is binary, holds control characters, or was saved in another encoding (often Windows-1252).",
        "save the file as plain text with the encoding UTF-8.",
        "title: Opération de solidarit\\xe9   # saved as Windows-1252",
    ),
    Rule(
        "B104",
        "a file is not valid YAML",
        "Indentation, brackets, quotes or an alias do not fit; the place is where reading stopped.",
        "look at this line and the one above; put quotes around a text that holds ': ' or begins with a special sign.",
        "calendar: {first_day: 2020-05-18, last_day: 2020-06-06",
    ),
    Rule(
        "B105",
        "a file holds no entries",
        "The file is empty, or holds a list or a single value instead of `key: value` entries.",
        "begin with a key of the programme, for example `cooperatives:`.",
        "- couscous\n- lentils",
    ),
    Rule(
        "B106",
        "a key is given twice",
        "A mapping has the same key twice; YAML would keep the last and lose the first without a word.",
        "keep one of the two.",
        "hub: {id: casa, assembly: 100, assembly: 200}",
    ),
    Rule(
        "B107",
        "a key is not a text",
        "A key is empty, a list, a mapping, an alias, or the merge key `<<`.",
        "write `key: value`, and write merged entries out.",
        "<<: *defaults",
    ),
    Rule(
        "B108",
        "a tag is used",
        "YAML tags (`!name`) are refused, since they can mean anything.",
        "take the tag away, or put quotes around a text that begins with '!'.",
        "id: !!python/name:os.system x",
    ),
    Rule(
        "B109",
        "a file holds a second document",
        "A line `---` begins a second document.",
        "keep one document per file.",
        "id: sac\n---\nid: other",
    ),
    Rule(
        "B110",
        "an include names no file",
        "`include` (or `households`) must name files by a path inside the programme's folder, with a known ending.",
        "write `include: [products.yaml, cooperatives.yaml]`.",
        "include: ../../secrets.txt",
    ),
    Rule(
        "B111",
        "a file is included twice",
        "A file includes itself, directly or through others, or is listed twice.",
        "remove this entry.",
        "include: [products.yaml, products.yaml]",
    ),
    Rule(
        "B112",
        "a key is given in two files",
        "Lists of several files are joined, but a single value cannot have two.",
        "keep one of the two.",
        "# programme.yaml has 'calendar:', and so has settings.yaml, which it includes",
    ),
)

TABLES = (
    Rule(
        "B120",
        "a table cannot be read",
        "The file is not what its ending says, is damaged, or its places are not in WGS 84 degrees.",
        "export it again: CSV, XLSX, GeoJSON or GeoPackage with points in EPSG:4326.",
        "households: households.pdf",
    ),
    Rule(
        "B121",
        "a column is missing or given twice",
        "A table of households needs the columns id, lat, lon and baskets, each once.",
        "add the column, or say with `columns` how it is called.",
        "id,lat,baskets\nh1,33.58,standard",
        language="csv",
    ),
    Rule(
        "B122",
        "a column is not known",
        "A column has a name that is no field of a household.",
        "correct the name, take the column out, or name with `columns` those that count.",
        "id,lat,lon,baskets,priorty\nh1,33.58,-7.6,standard,2",
        language="csv",
    ),
    Rule(
        "B123",
        "personal data stands in the programme",
        "A column or key looks like a name, telephone, address or identity card. Planning never needs them.",
        "move it to the separate contacts file.",
        "id,lat,lon,baskets,telephone\nh1,33.58,-7.6,standard,…",
        language="csv",
    ),
    Rule(
        "B124",
        "a row does not fit its table",
        "A row has more cells than there are columns, or a quote that is never closed.",
        "check delimiters and quotes of this row and the one above.",
        'id,lat,lon,baskets\nh1,33,58,-7,6,"standard',
        language="csv",
    ),
    Rule(
        "B125",
        "a cell cannot be read",
        "A cell does not hold what its column expects.",
        "write it as the reference page of the fields shows.",
        "id,lat,lon,baskets,windows\nh1,33.58,-7.6,standard,morning",
        language="csv",
    ),
)

VALUES = (
    Rule(
        "B201",
        "a key is not known",
        "A key is no field here; usually a slip of the pen or of indentation.",
        "take the word that is suggested, or move the entry to where it belongs.",
        "hubs:\n  - {id: casa, asembly: 100}",
    ),
    Rule(
        "B202",
        "a key is missing",
        "A field that has no default is not given.",
        "add the key.",
        "products:\n  - {id: couscous, name: Couscous, gross_weight: 1 kg, volume: 1.5 L}   # no pack",
    ),
    Rule(
        "B203",
        "a value cannot be understood",
        "A quantity, amount, date, time or percentage is not written as expected.",
        "write the number with its unit: `12 kg`, `35 MAD`, `2020-05-18`, `08:00-17:00`, `95 %`.",
        "cost_per_km: 3   # of what? write 3 MAD",
    ),
    Rule(
        "B204",
        "a value is of another kind",
        "A list, mapping, text or number stands where another kind is expected.",
        "write the kind that the message names.",
        "hubs: casa",
    ),
    Rule(
        "B205",
        "a number is outside its limits",
        "The number is smaller or larger than the field allows.",
        "write a number within the limits that the message names.",
        "households:\n  - {id: h1, lat: 133.58, lon: -7.6, baskets: {standard: 1}}",
    ),
    Rule(
        "B206",
        "a value is none of the choices",
        "The field takes one of a few words.",
        "take one of the words in the message.",
        "policy: {goals: [servise, cost]}",
    ),
    Rule(
        "B207",
        "an id is not well formed",
        "An id has letters, digits, '.', '_' and '-' only, begins with a letter or digit, and has at most 64 of them.",
        "shorten it, and replace spaces and accents.",
        "id: Huile d'argan",
    ),
    Rule(
        "B208",
        "a list is empty",
        "At least one entry is needed here.",
        "add an entry.",
        "vehicles: []",
    ),
)

OVERRIDES = (
    Rule(
        "B221",
        "an override cannot be read",
        "`--set` takes a path and a value; so does each line of a scenario.",
        "write `cooperatives[zitoun].offers[olive_oil].capacity=0`.",
        "basketplan plan . --set cooperatives[zitoun",
        language="text",
    ),
    Rule(
        "B222",
        "an override finds nothing to change",
        "The path names an id or field that the programme does not have, or nothing fits a selection.",
        "take the id that is suggested.",
        "basketplan plan . --set hubs[casablanca].assembly=0   # the hub is called casa",
        language="text",
    ),
    Rule(
        "B223",
        "a scenario is not known",
        "There is no scenario of this name, or it holds no list of changes.",
        "take one of the scenarios in the files of the folder `scenarios`.",
        "basketplan plan . --scenario ramadhan",
        language="text",
    ),
    Rule(
        "B224",
        "a scenario contains itself",
        "A scenario names another one that, directly or through others, names it again.",
        "take the name out of one of them.",
        "scenarios:\n  rain: [strike]\n  strike: [rain]",
    ),
    Rule(
        "B225",
        "a change does not fit the value",
        "Only numbers and amounts can be scaled or added to, only lists appended to, and only what is there removed.",
        "write the new value itself, or another operation: set, scale, add, remove, append.",
        "scenarios:\n  late:\n    - hubs[casa].open: +7 days   # weekdays; first_day of an offer is a date",
    ),
    Rule(
        "B226",
        "a change undoes an earlier one",
        "Changes are applied in order; this one replaces what another one had changed before.",
        "keep one of the two, or change their order.",
        "scenarios:\n  rain:\n    - hubs[casa].assembly: -30 %\n    - hubs[casa].assembly: 100",
        severity="warning",
    ),
    Rule(
        "B227",
        "a name is given twice",
        "The files in the folder `scenarios` share their names.",
        "give one of them another name.",
        "# rain.yaml is the scenario 'rain', and what-if.yaml has 'scenarios: {rain: […]}'",
    ),
    Rule(
        "B228",
        "a sweep cannot be read",
        "A sweep names what varies: for each setting a path, and either values or a range.",
        "write `fuel: {path: 'vehicles[*].cost_per_km', values: [+0 %, +20 %]}` under `vary`.",
        "sweeps:\n  fuel:\n    vary:\n      fuel: {from: 1 MAD, to: 3 MAD}   # no path, no step",
    ),
    Rule(
        "B229",
        "an uncertainty cannot be read",
        "It says what part of the orders comes (`supply`), how late (`delay`), who is not in (`absence`), and `speed`.",
        "write `supply: {all: {triangular: [70 %, 100 %, 100 %]}}` or `delay: {all: {0: 90 %, 2: 10 %}}`.",
        "uncertainty:\n  may:\n    delay: {all: {0: 80 %, 2: 10 %}}   # where are the other 10 %?",
    ),
)
