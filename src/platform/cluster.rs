//! Placeholder while compiling.
use std::path::{Path, PathBuf};
pub struct ClusterOptions {
    pub base: PathBuf,
    pub bin: Option<PathBuf>,
    pub user: Option<String>,
    pub durable: bool,
}
pub struct Cluster(PathBuf);
impl Cluster {
    pub fn open(o: &ClusterOptions) -> anyhow::Result<Self> {
        Ok(Self(o.base.clone()))
    }
    pub fn check(&self) -> anyhow::Result<()> {
        Ok(())
    }
    pub fn socket(&self) -> &Path {
        &self.0
    }
    pub fn url(&self) -> String {
        String::new()
    }
}
