//! Content lines to components: what stands between BEGIN and END. What is not closed is read as far
//! as it goes, and said.

use super::flaw::What;
use super::lines::{Line, Property, lines};

/// Deepest nesting that is read; VCALENDAR, VEVENT and VALARM are three.
const MAX_DEPTH: usize = 16;
/// Lines about busy time that are kept in memory.
const MAX_KEPT: usize = 250_000;
/// Components that are kept in memory; a file of 8 MiB from a real calendar has about 15,000.
const MAX_COMPONENTS: usize = 50_000;

/// A component with the properties that matter.
#[derive(Debug)]
pub(super) struct Component {
    pub(super) name: &'static str,
    pub(super) properties: Vec<Property>,
    pub(super) parts: Vec<Component>,
    /// What was wrong with its lines.
    pub(super) flaws: Vec<What>,
}

impl Component {
    /// The first property of this name.
    pub(super) fn find(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// All properties of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |property| property.name == name)
    }
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) calendars: Vec<Component>,
    pub(super) flaws: Vec<What>,
}

/// Reads the components of a file.
pub(super) fn contents(bytes: &[u8]) -> Contents {
    let mut reader = Reader::default();
    for line in lines(bytes) {
        match line {
            Line::Property(property) if property.name == "BEGIN" => reader.begin(property.value.trim()),
            Line::Property(property) if property.name == "END" => reader.end(property.value.trim()),
            Line::Property(property) => reader.keep(property),
            Line::Other => reader.other(),
            Line::Stray => reader.bad_line(What::StrayLine),
            Line::TooLong => reader.bad_line(What::LongLine),
        }
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    kept: usize,
    components: usize,
    contents: Contents,
}

struct Open {
    name: String,
    /// `None` where nothing in it says anything about busy time: VALARM, VTODO, unknown ones.
    component: Option<Component>,
}

impl Reader {
    fn begin(&mut self, name: &str) {
        let name = name.to_ascii_uppercase();
        match name.as_str() {
            "VCALENDAR" => self.close_down_to(0),
            "VEVENT" | "VFREEBUSY" | "VTIMEZONE" => self.return_to_calendar(),
            _ => {}
        }
        if self.open.len() >= MAX_DEPTH {
            return self.flaw(What::TooLarge);
        }
        let is_in_kept = self.open.last().is_none_or(|open| open.component.is_some());
        let kind = kind(&name, self.open.last()).filter(|_| is_in_kept);
        if kind.is_none() && self.open.is_empty() {
            self.flaw(What::StrayLine);
        }
        self.components += usize::from(kind.is_some());
        if kind.is_some() && self.components > MAX_COMPONENTS {
            self.flaw(What::TooLarge);
        }
        let component = kind.filter(|_| self.components <= MAX_COMPONENTS).map(|name| Component {
            name,
            properties: Vec::new(),
            parts: Vec::new(),
            flaws: Vec::new(),
        });
        self.open.push(Open { name, component });
    }

    /// An event belongs to a calendar; one that begins inside another says that an END is missing.
    fn return_to_calendar(&mut self) {
        match self.open.iter().rposition(|open| open.name == "VCALENDAR") {
            Some(calendar) => self.close_down_to(calendar + 1),
            None => {
                self.flaw(What::StrayLine);
                self.begin("VCALENDAR");
            }
        }
    }

    fn end(&mut self, name: &str) {
        match self.open.iter().rposition(|open| open.name.eq_ignore_ascii_case(name)) {
            Some(position) => {
                self.close_down_to(position + 1);
                self.close();
            }
            None => self.flaw(What::StrayLine),
        }
    }

    /// Closes what lies deeper and never got its END.
    fn close_down_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            self.flaw(What::Unclosed);
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(Open { component: Some(component), .. }) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(Open { component: Some(parent), .. }) => parent.parts.push(component),
            Some(_) => {}
            None => self.contents.calendars.push(component),
        }
    }

    fn keep(&mut self, property: Property) {
        match self.open.last_mut() {
            Some(Open { component: None, .. }) => {}
            Some(Open { component: Some(component), .. }) if self.kept < MAX_KEPT => {
                self.kept += 1;
                component.properties.push(property);
            }
            Some(_) => self.flaw(What::TooLarge),
            None => self.flaw(What::StrayLine),
        }
    }

    fn other(&mut self) {
        if self.open.is_empty() {
            self.flaw(What::StrayLine);
        }
    }

    /// In alarms and tasks no line says anything about busy time; should one of them hide an END, the
    /// event that follows says so.
    fn bad_line(&mut self, what: What) {
        if self.open.last().is_none_or(|open| open.component.is_some()) {
            self.flaw(what);
        }
    }

    /// A flaw of the innermost component that is kept, else of the file. Each kind is kept once.
    fn flaw(&mut self, what: What) {
        let component = self.open.iter_mut().rev().find_map(|open| open.component.as_mut());
        let flaws = match component {
            Some(component) => &mut component.flaws,
            None => &mut self.contents.flaws,
        };
        if !flaws.contains(&what) {
            flaws.push(what);
        }
    }

    fn finish(mut self) -> Contents {
        if !self.open.is_empty() {
            self.contents.flaws.push(What::CutOff);
        }
        while !self.open.is_empty() {
            self.close();
        }
        self.contents
    }
}

/// Components that say something about busy time, where they may stand.
fn kind(name: &str, parent: Option<&Open>) -> Option<&'static str> {
    match (name, parent.map(|open| open.name.as_str())) {
        ("VCALENDAR", None) => Some("VCALENDAR"),
        ("VEVENT", Some("VCALENDAR")) => Some("VEVENT"),
        ("VFREEBUSY", Some("VCALENDAR")) => Some("VFREEBUSY"),
        ("VTIMEZONE", Some("VCALENDAR")) => Some("VTIMEZONE"),
        ("STANDARD" | "DAYLIGHT", Some("VTIMEZONE")) => Some("observance"),
        _ => None,
    }
}
